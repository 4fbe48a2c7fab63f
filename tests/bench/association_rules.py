"""Rules from baskets, ours beside mlxtend's fastest miner: python -m tests.bench.association_rules [BASKETS.csv]."""

from __future__ import annotations

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from mlxtend.frequent_patterns import association_rules, hmine
from mlxtend.preprocessing import TransactionEncoder
from rich.console import Console
from rich.table import Table

from udfs.rules.association_rules import mine_rules


def random_baskets(count: int, items: int, length: float) -> list[list[str]]:
    """Baskets of about `length` of `items`, the first of them far more often than the last."""
    rng = np.random.default_rng(1)
    popularity = np.clip(length / items * np.linspace(2, 0.01, items) ** 2, 0, 0.95)
    names = np.array([f"item {i}" for i in range(items)])
    return [names[rng.random(items) < popularity].tolist() for _ in range(count)]


def main() -> None:
    """Mine each set of baskets with both miners; mlxtend's time is without the making of its table."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(prog="python -m tests.bench.association_rules", description=__doc__)
    parser.add_argument("baskets", nargs="?", type=Path, help="a file of baskets, a line each, items between commas")
    path = parser.parse_args().baskets
    sets = {
        "200,000 sparse": (random_baskets(200_000, 500, 6), 0.002, 0.1),
        "50,000 wide": (random_baskets(50_000, 2_000, 10), 0.0005, 0.2),
        "5,000 dense": (random_baskets(5_000, 30, 12), 0.1, 0.5),
    }
    if path:
        sets[path.stem] = [line.split(",") for line in path.read_text().splitlines()], 0.001, 0.5
    table = Table("baskets", "miner", "rules", "seconds", "of ours")
    for name, (baskets, min_support, min_confidence) in sets.items():
        begin = time.perf_counter()
        rules = mine_rules(
            baskets, min_support=min_support, min_confidence=min_confidence, single_consequent=False
        )  # fmt: skip
        ours = time.perf_counter() - begin
        table.add_row(name, "ours", f"{len(rules):,}", f"{ours:.2f}", "1.0")
        encoder = TransactionEncoder()
        one_hot = pd.DataFrame(encoder.fit_transform(baskets), columns=encoder.columns_)
        begin = time.perf_counter()
        found = association_rules(
            hmine(one_hot, min_support=min_support, use_colnames=True), min_threshold=min_confidence
        )
        seconds = time.perf_counter() - begin
        table.add_row(name, "mlxtend hmine", f"{len(found):,}", f"{seconds:.2f}", f"{seconds / ours:.1f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()

"""Baskets at random, for association rules."""

from __future__ import annotations

import numpy as np

ITEMS = np.array(list("abcdefgh"))


def random_baskets(rng: np.random.Generator) -> list[tuple[str, ...]]:
    often = rng.uniform(0.05, 0.9, len(ITEMS))
    return [tuple(ITEMS[rng.random(len(ITEMS)) < often]) for _ in range(rng.integers(1, 60))]

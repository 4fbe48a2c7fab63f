"""Association rules over counted baskets of services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyflink.table import DataTypes
from pyflink.table.udf import udtf

from udfs.rules.association_rules import RULE_TYPES, frequent_item_sets, mine_rules, without_redundant


def basket_rule_rows(
    baskets: Sequence[tuple[str, int]] | None,
    min_support: float,
    min_confidence: float,
    min_lift: float,
    max_length: int,
    max_items: int,
) -> Iterator[tuple]:
    """One row for each rule, without redundant ones, over baskets (items, how often they occur), for SQL.

    The items of a basket are one text with U+001F between them. Rules are made of the `max_items` most frequent items;
    a row ends with the number of other items that have enough support. Without a rule, one row has that number alone.

    >>> [row[:3] for row in basket_rule_rows([("dns\\x1ftls", 2), ("ntp", 1)], 0.5, 1.0, 1.1, 4, 100)]
    [('dns', 'tls', 2), ('tls', 'dns', 2)]
    """
    split = [text.split("\x1f") for text, _ in baskets or ()]
    weights = [count for _, count in baskets or ()]
    singles = frequent_item_sets(split, min_support=min_support, max_length=1, weights=weights)
    kept = {item for (item,) in sorted(singles, key=lambda items: (-singles[items], items))[:max_items]}
    rules = mine_rules(
        [[item for item in items if item in kept] for items in split],
        min_support=min_support, min_confidence=min_confidence, max_length=max_length, weights=weights,
    )  # fmt: skip
    rows = [rule.row() for rule in without_redundant(rule for rule in rules if rule.lift >= min_lift)]
    for row in rows or [(None,) * len(RULE_TYPES)]:
        yield (*row, len(singles) - len(kept))


basket_rules = udtf(basket_rule_rows, result_types=[*RULE_TYPES, DataTypes.INT()])

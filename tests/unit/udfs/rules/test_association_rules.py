"""Association rules: thresholds, weights, order, and what is redundant."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.baskets import random_baskets
from udfs.rules.association_rules import Rule, frequent_item_sets, mine_rules, rules_of, without_redundant
from udfs.rules.service_rules import basket_rule_rows


@pytest.mark.parametrize("seed", range(10))
def test_a_weight_is_as_good_as_a_basket_repeated(seed):
    rng = np.random.default_rng(seed)
    baskets = random_baskets(rng)
    weights = rng.integers(0, 20, len(baskets)).tolist()
    thresholds = {"min_support": "1/10", "min_confidence": "1/2", "single_consequent": False}
    repeated = [basket for basket, weight in zip(baskets, weights) for _ in range(weight)]
    assert mine_rules(baskets, weights=weights, **thresholds) == mine_rules(repeated, **thresholds)


def test_a_rule_on_the_threshold_is_in():
    baskets = ["ab"] * 3 + ["a"] * 2 + ["c"] * 5
    assert 3 / 5 < 0.1 * 6 and 3 / 10 < 0.1 * 3, "floats would lose it"
    assert [rule.antecedent for rule in mine_rules(baskets, min_support=0.3, min_confidence=0.6)] == [("b",), ("a",)]
    assert not [
        rule for rule in mine_rules(baskets, min_support=0.3, min_confidence=0.6001) if rule.antecedent == ("a",)
    ]


@pytest.mark.parametrize(("items", "length"), [(300, 3), (60, 5), (12, 6)])
def test_sparse_and_dense_baskets_are_counted_alike(items, length):
    """Weights of one are counted by joining bits, whatever the baskets; without weights, sparse ones another way."""
    rng = np.random.default_rng(items)
    often = np.minimum(np.linspace(3, 0.1, items) * length / items, 0.9)
    baskets = [tuple(np.flatnonzero(rng.random(items) < often).tolist()) for _ in range(2_000)]
    for max_length in (None, 1, 2):
        alike = {"min_support": "1/200", "max_length": max_length}
        sets = frequent_item_sets(baskets, **alike)
        assert len(sets) > 10
        assert list(sets.items()) == list(frequent_item_sets(baskets, weights=[1] * len(baskets), **alike).items())


def test_the_order_of_baskets_and_items_does_not_matter():
    rng = np.random.default_rng(3)
    baskets = random_baskets(rng)
    shuffled = [tuple(rng.permutation(basket)) for basket in rng.permutation(np.array(baskets, dtype=object))]
    assert mine_rules(shuffled, min_support=0.1, min_confidence=0.5) == mine_rules(
        baskets, min_support=0.1, min_confidence=0.5
    )


def test_empty_and_single_baskets_count_in_the_total():
    assert mine_rules([], min_support=0.1, min_confidence=0.1) == []
    assert mine_rules([(), ("a",)], min_support=0.1, min_confidence=0.1) == []
    [rule, _] = mine_rules([(), ("a",), ("a", "b", "b")], min_support=0.1, min_confidence=0.1)
    assert rule == Rule(("b",), ("a",), 1, 1, 2, 3)
    assert (rule.support, rule.conviction) == (1 / 3, math.inf)


def test_no_rule_is_longer_than_max_length():
    baskets = ["abcd"] * 3
    lengths = {len(items) for items in frequent_item_sets(baskets, min_support=1, max_length=3)}
    assert lengths == {1, 2, 3}
    rules = mine_rules(baskets, min_support=1, min_confidence=1, max_length=3)
    assert max(len(rule.antecedent) for rule in rules) == 2


def test_a_redundant_rule_has_the_support_of_a_shorter_one():
    rng = np.random.default_rng(6)
    baskets = [(*basket, "x", "y") if "a" in basket else basket for basket in random_baskets(rng)]
    rules = mine_rules(baskets, min_support=0.05, min_confidence=0.3)
    kept = without_redundant(rules)
    assert len(kept) < len(rules)
    for rule in set(rules) - set(kept):
        assert any(
            set(other.antecedent) < set(rule.antecedent) and other[1:3] == rule[1:3] for other in kept
        ), rule  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"min_support": 0}, "min_support"),
        ({"min_confidence": 1.01}, "min_confidence"),
        ({"min_support": float("nan")}, "min_support"),
        ({"min_confidence": "often"}, "min_confidence"),
        ({"max_length": 1}, "max_length"),
        ({"weights": [1]}, "weights: expected one for each of 2 baskets, got 1"),
        ({"weights": [1, -1]}, "got -1 for basket 1"),
        ({"weights": [0.5, 1]}, "got 0.5 for basket 0"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        mine_rules(["ab", "a"], **{"min_support": 0.5, "min_confidence": 0.5, **arguments})


def test_a_threshold_of_numpy_means_the_decimal_too():
    assert mine_rules(["ab"] * 3 + ["a"] * 2, min_support=np.float64(0.6), min_confidence=np.float64(0.6)) != []


def test_of_too_many_services_the_most_frequent_make_rules():
    baskets = [("a\x1fb", 5), ("c\x1fd", 4), ("e", 9)]
    rows = list(basket_rule_rows(baskets, 0.1, 0.5, 1.1, 3, 3))
    assert {row[0] for row in rows} == {"a", "b"} and {row[-1] for row in rows} == {2}


@pytest.mark.parametrize(("baskets", "dropped"), [([("a\x1fb", 2), ("c", 1)], 2), (None, 0)])
def test_without_a_rule_one_row_says_how_many_services_were_dropped(baskets, dropped):
    assert list(basket_rule_rows(baskets, 0.3, 0.8, 1.1, 3, 1)) == [(None,) * 9 + (dropped,)]


def test_item_sets_that_are_not_frequent_make_no_rule():
    counts = {("a",): 9, ("b",): 9, ("a", "b"): 1, ("c",): 1}
    assert rules_of(counts, 10, min_support="1/2", min_confidence="1/10") == []

"""Association rules against mlxtend, and against the published counts of a real data set."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from mlxtend.frequent_patterns import association_rules, hmine
from mlxtend.preprocessing import TransactionEncoder

from tests.support.baskets import random_baskets
from udfs.rules.association_rules import Rule, mine_rules

MEASURES = ("support", "confidence", "lift", "leverage", "conviction")


def mlxtends(
    baskets: Sequence[Sequence[str]], min_support: Fraction, min_confidence: Fraction
) -> dict[tuple, dict[str, float]]:
    """mlxtend's rules with their measures by (antecedent, consequent)."""
    encoder = TransactionEncoder()
    table = pd.DataFrame(encoder.fit_transform(baskets), columns=encoder.columns_)
    if table.empty or not len(sets := hmine(table, min_support=float(min_support), use_colnames=True)):
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of divisions by zero
        found = association_rules(sets, min_threshold=float(min_confidence))
    return {
        (tuple(sorted(row["antecedents"])), tuple(sorted(row["consequents"]))): row
        for row in found.to_dict("records")
    }  # fmt: skip


def by_items(rules: list[Rule]) -> dict[tuple, Rule]:
    return {(rule.antecedent, rule.consequent): rule for rule in rules}


def is_on_a_threshold(rule: Rule, min_support: Fraction, min_confidence: Fraction) -> bool:
    return (
        Fraction(rule.count, rule.total) == min_support
        or Fraction(rule.count, rule.antecedent_count) == min_confidence
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_rules_and_measures_are_those_of_mlxtend(seed):
    rng = np.random.default_rng(seed)
    baskets = random_baskets(rng)
    # Small denominators put many rules exactly on a threshold.
    min_support = Fraction(int(rng.integers(1, 4)), int(rng.integers(6, 12)))
    min_confidence = Fraction(int(rng.integers(1, 4)), int(rng.integers(4, 7)))
    thresholds = {"min_support": min_support, "min_confidence": min_confidence}
    ours = by_items(mine_rules(baskets, **thresholds, single_consequent=False))
    theirs = mlxtends(baskets, min_support, min_confidence)
    assert theirs.keys() <= ours.keys()
    for rule in (ours[key] for key in ours.keys() - theirs.keys()):
        assert is_on_a_threshold(rule, min_support, min_confidence), rule
    for key, measures in theirs.items():
        for name in MEASURES:
            assert getattr(ours[key], name) == pytest.approx(measures[name]), (key, name)
        together = measures["antecedent support"] + measures["consequent support"] - measures["support"]
        assert ours[key].union_support == pytest.approx(together)
    single = by_items(mine_rules(baskets, **thresholds))
    assert single == {key: rule for key, rule in ours.items() if len(rule.consequent) == 1}


@pytest.mark.parametrize(("min_support", "min_confidence", "published"), [(0.006, 0.25, 463), (0.001, 0.5, 5668)])
def test_groceries_give_the_published_number_of_rules(groceries, min_support, min_confidence, published):
    assert len(mine_rules(groceries, min_support=min_support, min_confidence=min_confidence)) == published

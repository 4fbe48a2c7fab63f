"""Association rules over the attributes of flows, from item sets that Flink has counted, and how rules change."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from pyflink.table import DataTypes
from pyflink.table.types import DataType
from pyflink.table.udf import udtf

from udfs.rules.association_rules import RULE_TYPES, Items, Rule, exactly, rules_of, without_redundant

METRICS = ("flows", "octets")


class Thresholds(NamedTuple):
    """What a rule must reach; the lift leaves out rules whose consequent is nearly everywhere."""

    min_support: float
    min_confidence: float
    min_lift: float = 1.0


class Margins(NamedTuple):
    """How far beyond the thresholds what changes must go, so that it does not come and go at them."""

    support: float
    confidence: float


class Window(NamedTuple):
    """What was counted in one window, in flows or in octets: by item set, its items sorted, and over all."""

    counts: Mapping[Items, int]
    total: int


def windows_of(item_sets: Iterable[tuple[Sequence[str | None], int, int]], *totals: int) -> dict[str, Window]:
    """The window of each metric, from item sets with their flow count and octets; None among the items is skipped.

    >>> windows_of([(["port=53", None], 4, 300)], 10, 1_000)["octets"]
    Window(counts={('port=53',): 300}, total=1000)
    """
    flows, octets = {}, {}
    for items, of_flows, of_octets in item_sets:
        known = tuple(item for item in items if item is not None)
        flows[known], octets[known] = of_flows, of_octets
    return dict(zip(METRICS, map(Window, (flows, octets), totals)))


class Change(NamedTuple):
    """A rule that is new, broken or gone; a confidence is None where one side or both were too rare to be counted."""

    kind: str
    rule: Rule
    confidence: float | None
    confidence_before: float | None


def rules_in(window: Window, thresholds: Thresholds) -> list[Rule]:
    """The rules of a window, without redundant ones.

    >>> counts = {("port=53",): 4, ("protocol=udp",): 5, ("port=53", "protocol=udp"): 4}
    >>> [rule.antecedent for rule in rules_in(Window(counts, 10), Thresholds(0.1, 0.9, 1.1))]
    [('port=53',)]
    """
    found = rules_of(
        window.counts,
        window.total,
        min_support=thresholds.min_support,
        min_confidence=thresholds.min_confidence,
    )
    return without_redundant(rule for rule in found if rule.lift >= thresholds.min_lift)


def changes(windows: Sequence[Window], thresholds: Thresholds, margins: Margins) -> Iterator[Change]:
    """What the last of these windows changes.

    A rule does not hold where its confidence is below the threshold by more than its margin, and its support is ample
    where it is above the threshold by at least its margin. New is a rule with ample support that did not hold before,
    but for windows in which it began and its support was not ample yet; broken one that held in all windows before and
    does not now, though its antecedent is as frequent as a rule needs; gone one whose antecedent is not, and whose
    support was ample. With fewer than two windows before the last there is nothing to be sure of, and nothing changes.

    >>> steady, other = (Window({("a",): 5, ("b",): 5, ("a", "b"): both}, 10) for both in (5, 1))
    >>> limits = Thresholds(0.1, 0.9, 1.1)
    >>> [(c.kind, c.rule.antecedent, c.confidence) for c in changes([steady, steady, other], limits, Margins(0, 0))]
    [('broken', ('a',), 0.2), ('broken', ('b',), 0.2)]
    """
    *past, current = windows
    if len(past) < 2:
        return
    least = exactly(thresholds.min_confidence)
    too_little = least - exactly(margins.confidence)
    ample = exactly(thresholds.min_support) + exactly(margins.support)

    def is_ample(rule: Rule, window: Window) -> bool:
        return (_together(rule, window) or 0) >= ample * window.total

    for rule in rules_in(current, thresholds):
        if not is_ample(rule, current):
            continue
        before = [_confidence(rule, window, thresholds) for window in past]
        is_absent = [confidence.most < too_little for confidence in before]
        if any(is_absent) and not any(is_ample(rule, window) for window, absent in zip(past, is_absent) if not absent):
            yield Change("new", rule, rule.confidence, before[-1].known)
    for rule in rules_in(past[-1], thresholds):
        now = _confidence(rule, current, thresholds)
        if now.most < too_little and all(_confidence(rule, window, thresholds).least >= least for window in past):
            is_frequent = current.counts.get(rule.antecedent, 0) >= _least_count(current, thresholds)
            if is_frequent or any(is_ample(rule, window) for window in past):
                yield Change("broken" if is_frequent else "gone", rule, now.known, rule.confidence)


class _Confidence(NamedTuple):
    """Bounds of P(consequent given antecedent): apart where both together are too rare to have been counted."""

    least: Fraction
    most: Fraction

    @property
    def known(self) -> float | None:
        return float(self.least) if self.least == self.most > 0 else None


def _least_count(window: Window, thresholds: Thresholds) -> int:
    """What is rarer need not have been counted."""
    return math.ceil(exactly(thresholds.min_support) * window.total)


def _together(rule: Rule, window: Window) -> int | None:
    """How often both sides came together; None where that was too rare to be counted."""
    return window.counts.get(tuple(sorted(rule.antecedent + rule.consequent)))


def _confidence(rule: Rule, window: Window, thresholds: Thresholds) -> _Confidence:
    """A rule whose antecedent is too rare has none."""
    whole = window.counts.get(rule.antecedent)
    if not whole:
        return _Confidence(Fraction(0), Fraction(0))
    together = _together(rule, window)
    if together is None:
        uncounted = max(_least_count(window, thresholds) - 1, 0)
        return _Confidence(Fraction(0), Fraction(min(uncounted, whole), whole))
    return _Confidence(Fraction(together, whole), Fraction(together, whole))


def entity_of(rule: Rule) -> tuple[str, str] | tuple[None, None]:
    """(entity type, entity) of the address that a rule names: in the antecedent first, its source first; else None.

    >>> entity_of(Rule(("dst_port=53", "src_addr=10.0.0.7"), ("dst_addr=10.0.0.9",), 1, 1, 1, 1))
    ('src_addr', '10.0.0.7')
    """
    for items in (rule.antecedent, rule.consequent):
        named = dict(str(item).split("=", 1) for item in items)
        for entity_type in ("src_addr", "dst_addr"):
            if entity_type in named:
                return entity_type, named[entity_type]
    return None, None


def rule_rows(item_sets: Sequence, flows: int, octets: int, *thresholds: float) -> Iterator[tuple]:
    """One row (entity type, entity, metric, *Rule.row()) for each rule of a window, for SQL."""
    for metric, window in windows_of(item_sets, flows, octets).items():
        for rule in rules_in(window, Thresholds(*thresholds)):
            yield (*entity_of(rule), metric, *rule.row())


def change_rows(
    item_sets: Sequence[Sequence],
    flows: Sequence[int],
    octets: Sequence[int],
    support_margin: float,
    confidence_margin: float,
    *thresholds: float,
) -> Iterator[tuple]:
    """One row for each rule that is new, broken or gone in the last of several windows, for SQL."""
    windows = list(map(windows_of, item_sets, flows, octets))
    margins = Margins(support_margin, confidence_margin)
    for metric in METRICS:
        for change in changes([window[metric] for window in windows], Thresholds(*thresholds), margins):
            yield (
                *entity_of(change.rule), change.kind, metric, *change.rule.row()[:2],
                change.rule.support, change.rule.lift, change.confidence, change.confidence_before, len(windows) - 1,
            )  # fmt: skip


_TEXT, _NUMBER = DataTypes.STRING(), DataTypes.DOUBLE()
_CHANGE_TYPES: list[DataType] = [*[_TEXT] * 6, *[_NUMBER] * 4, DataTypes.INT()]
rules_of_flows = udtf(rule_rows, result_types=[*[_TEXT] * 3, *RULE_TYPES])
rule_changes = udtf(change_rows, result_types=_CHANGE_TYPES)

"""Changes of rules over flows from window to window."""

import pytest

from udfs.rules.association_rules import Items
from udfs.rules.flow_rules import METRICS, Margins, Thresholds, Window, change_rows, changes, rule_rows

LIMITS = Thresholds(min_support=0.1, min_confidence=0.8, min_lift=1.1)
MARGINS = Margins(support=0.05, confidence=0.1)
NO_MARGIN = Margins(support=0, confidence=0.1)


def window(port_443: int, tls_on_443: int, total: int = 100) -> Window:
    """So many flows to port 443, of which so many are TLS, as is no other."""
    counts = {(): total, ("port=443",): port_443, ("port=443", "service=tls"): tls_on_443, ("service=tls",): tls_on_443}
    return Window({items: count for items, count in counts.items() if count >= 0.1 * total}, total)


def item_sets(window: Window, octets_a_flow: int) -> list[tuple[Items, int, int]]:
    return [(items, flows, octets_a_flow * flows) for items, flows in window.counts.items()]


HOLDS, ON_THE_EDGE, BROKEN, RARE = window(40, 40), window(40, 30), window(40, 20), window(5, 5)
AMPLE, SCARCE, SCARCE_AND_BROKEN = window(15, 15), window(14, 14), window(14, 7)


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([HOLDS, HOLDS, HOLDS], []),
        ([HOLDS, HOLDS, BROKEN], [("broken", 0.5, 1.0)]),
        ([HOLDS, HOLDS, RARE], [("gone", None, 1.0)]),
        ([HOLDS, HOLDS, ON_THE_EDGE], []),
        ([HOLDS, BROKEN, BROKEN], []),
        ([BROKEN, HOLDS, BROKEN], []),
        ([BROKEN, BROKEN, HOLDS], [("new", 1.0, 0.5)]),
        ([RARE, RARE, HOLDS], [("new", 1.0, None)]),
        ([BROKEN, HOLDS, HOLDS], []),
        ([HOLDS, BROKEN, HOLDS], []),
        ([ON_THE_EDGE, ON_THE_EDGE, HOLDS], []),
        ([RARE, RARE, AMPLE], [("new", 1.0, None)]),
        ([RARE, RARE, SCARCE], []),
        ([AMPLE, AMPLE, RARE], [("gone", None, 1.0)]),
        ([SCARCE, SCARCE, RARE], []),
        # What begins late in one window is new in the next, and what has ended early in one is gone after it.
        ([RARE, RARE, SCARCE, HOLDS], [("new", 1.0, 1.0)]),
        ([SCARCE, RARE, SCARCE], []),
        ([SCARCE, SCARCE, HOLDS], []),
        ([RARE, AMPLE, SCARCE, HOLDS], []),
        ([HOLDS, HOLDS, SCARCE, RARE], [("gone", None, 1.0)]),
        ([SCARCE, SCARCE, SCARCE_AND_BROKEN], [("broken", None, 1.0)]),
        ([BROKEN, HOLDS], []),
        ([HOLDS], []),
    ],
)
def test_what_changes(windows, expected):
    found = [
        (change.kind, change.confidence, change.confidence_before)
        for change in changes(windows, LIMITS, MARGINS)
        if change.rule.antecedent == ("port=443",)
    ]
    assert found == expected


def test_rows_are_of_flows_and_of_octets():
    rows = list(rule_rows(item_sets(HOLDS, 1_000), 100, 100_000, *LIMITS))
    by_flows, by_octets = ([row[3:5] + row[6:] for row in rows if row[2] == metric] for metric in METRICS)
    assert by_flows and by_flows == by_octets, "every flow has as many octets"


def test_a_window_without_octets_has_no_rules_by_octets():
    rows = list(rule_rows(item_sets(HOLDS, 0), 100, 0, *LIMITS))
    assert {row[2] for row in rows} == {"flows"}


def test_change_rows_count_the_windows_before():
    windows = [HOLDS, HOLDS, HOLDS, BROKEN]
    rows = list(change_rows([item_sets(w, 0) for w in windows], [100] * 4, [0] * 4, *MARGINS, *LIMITS))
    assert rows and {(row[2], row[-1]) for row in rows if row[4] == "port=443"} == {("broken", 3)}


def test_what_was_just_too_rare_to_be_counted_changes_nothing():
    """With a support of 0.02 of 10,000 flows, 199 flows need not have been counted: they may well have been there."""
    singles = {("a",): 210, ("b",): 210}
    rare, counted = Window(singles, 10_000), Window({**singles, ("a", "b"): 200}, 10_000)
    limits = Thresholds(0.02, 0.8, 1.1)
    assert list(changes([rare, rare, counted], limits, NO_MARGIN)) == []
    assert list(changes([counted, counted, rare], limits, NO_MARGIN)) == []
    broken = Window({("a",): 400, ("b",): 210}, 10_000)
    [change] = [c for c in changes([counted, counted, broken], limits, NO_MARGIN) if c.rule.antecedent == ("a",)]
    assert (change.kind, change.confidence) == ("broken", None)

"""What people read of results."""

import pytest
from flowsift.report.tables import console, in_order, row_table
from flowsift.testbed.scoreboard import report

CUT = {"window_start": "2025-01-06T08:00:00", "antecedent": None, "flows_cut": 1}
RULE = {
    "window_start": "2025-01-06T08:00:00", "antecedent": "dst_port=53", "consequent": "service=dns",
    "support": 0.5, "confidence": 1.0, "lift": 2.0, "leverage": 0.25,
}  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([], "flow_rules: none\n"),
        ([CUT], "flow_rules: none, but something was cut\n"),
        ([CUT, RULE], "flow_rules: 1 rules; at 08:00 above all dst_port=53 => service=dns"),
    ],
)
def test_a_row_without_a_rule_is_no_rule_and_not_hidden(rules, said, tmp_path, capsys):
    (tmp_path / "truth.jsonl").touch()
    report(tmp_path / "truth.jsonl", lambda sink: rules if sink == "flow_rules" else [])
    assert said in capsys.readouterr().out


def test_text_stands_to_the_left_though_the_first_row_has_none(capsys):
    console().print(row_table([{"rule": None, "n": 1}, {"rule": "a", "n": 2}, {"rule": "a much longer one", "n": 3}]))
    assert "│ a                 │" in capsys.readouterr().out


def test_rows_of_a_window_come_in_the_order_asked_for_and_unknown_values_last():
    early, late = "2025-01-06T08:00:00", "2025-01-06T09:00:00"
    rows = [(late, "a", 9.0), (early, "c", None), (early, "b", 1.0), (early, "d", 2.0), (early, "a", 1.0)]
    rows = [dict(zip(("window_start", "rule", "lift"), row)) for row in rows]
    shown = [(row["rule"], row["lift"]) for row in in_order(rows, [("lift", True)])]
    assert shown == [("d", 2.0), ("a", 1.0), ("b", 1.0), ("c", None), ("a", 9.0)]
    assert [row["rule"] for row in in_order(rows, [("lift", False), ("rule", True)])] == ["b", "a", "d", "c", "a"]


def test_rows_wider_than_the_console_are_paragraphs_without_what_is_not_known(capsys):
    rows = [{f"column_{i}": i * number or None for i in range(20)} for number in (1, 2)]
    console().print(row_table(rows))
    console().print(row_table(rows, "gained"))
    untitled, shown = capsys.readouterr().out.split("gained\n")
    assert untitled.startswith("──") and untitled.strip() == shown.strip()
    assert "│" not in shown
    assert shown.count("column_19 19") == 1 and shown.count("column_19 38") == 1 and "column_0" not in shown


def test_a_column_of_anything_can_be_ordered():
    values = [1.5, None, 3, "NaN", "Infinity", {"a": 1}, [1, None]]
    rows = [{"name": str(i), "value": value} for i, value in enumerate(values)]
    assert [row["value"] for row in in_order(rows, [("value", False)])][:2] == [1.5, 3]
    assert [row["value"] for row in in_order(rows, [("value", True), ("gone", False)])][-2:] == [None, "NaN"]


@pytest.mark.parametrize(("length", "is_table"), [(156, True), (157, False)])
@pytest.mark.parametrize("letter", ["a", "計"])
def test_nothing_of_a_row_is_cut(length, is_table, letter, capsys):
    width = 1 + (letter != "a")
    text = letter * (length // width) + "b" * (length % width)
    console().print(row_table([{"n": text}]))
    shown = capsys.readouterr().out
    assert ("│" in shown) == is_table and shown.count(letter) == text.count(letter)

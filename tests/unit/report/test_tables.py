"""What people read of results."""

import pytest
from flowsift.report.tables import console, in_order, row_table


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


def test_what_is_the_same_in_all_rows_is_said_once(capsys):
    rows = [{"at": f"2025-01-06T08:0{i}:00", "kind": "spike", "score": 12345.6 * i} for i in range(3)]
    console().print(row_table(rows))
    shown = capsys.readouterr().out
    assert "in each row shown: on 2025-01-06, kind spike" in shown
    assert "08:01:00" in shown and shown.count("spike") == 1 and "12,346" in shown

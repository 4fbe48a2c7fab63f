"""Flink's descriptions of operators, taken apart."""

from flowsift.engine.flink import descriptions, operator_ids


def test_a_description_is_taken_apart_where_its_brackets_say_so():
    calc = "Calc(select=[a, CONCAT(b, ', x AS y') AS c], where=[((a = 'AND') AND SEARCH(b, Sarg[(1..2], [5..+∞)]))])"
    parts = descriptions.parts_of(calc)
    assert parts["select"] == "a, CONCAT(b, ', x AS y') AS c"
    assert descriptions.conjuncts(parts["where"]) == ["(a = 'AND')", "SEARCH(b, Sarg[(1..2], [5..+∞)])"]
    assert operator_ids._columns(["a", "c"], "Calc", parts, {"a": "r", "b": "LOWER(s)"}) == {
        "a": "r",
        "c": "CONCAT(LOWER(s), ', x AS y')",
    }


def test_a_description_that_cannot_be_taken_apart_counts_in_full():
    # The planner writes an apostrophe in a text as it is.
    inside = "select=[a], where=[((a = 'it's') AND ((b = 'tcp') OR c))]"
    parts = descriptions.parts_of(f"Calc({inside})")
    assert list(parts.values()) == [inside]
    assert operator_ids._columns(["a"], "Calc", parts, {"a": "a"})["a"] != "a"

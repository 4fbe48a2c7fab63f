"""Rows that are not the expected ones, each shown with what it is most like."""

from flowsift.workbench.differences import differences, readable


def lines(expected, found):
    return [line for difference in differences(expected, found) for line in difference.lines()]


def test_a_difference_is_seen():
    assert lines([{"a": 1.0}], [{"a": 1.0 + 1e-12, "b": 2}]) == []
    assert lines([{"a": 1}], [{"a": 2}]) == ['missing     {"a": 1}', 'unexpected  {"a": 2}']
    assert lines([], [{"a": 2}]) == ['unexpected  {"a": 2}']
    assert lines([{"a": None}], [{"b": None}]) == ['missing     {"a": null}', 'unexpected  {"b": null}']


def test_of_a_row_with_a_like_one_only_the_columns_that_differ_are_shown():
    expected = [{"host": "a", "octets": 120, "mean": 0.5}, {"host": "b", "octets": 7, "mean": 1.0}]
    found = [{"host": "b", "octets": 120, "mean": 1.0}, {"host": "a", "octets": 130, "mean": 0.5}]
    assert lines(expected, found) == [
        'differs     {"host": "a", "mean": 0.5}',
        "            octets: expected 120, found 130",
        'differs     {"host": "b", "mean": 1.0}',
        "            octets: expected 7, found 120",
    ]
    assert lines([{"host": "a", "octet": 1}], [{"host": "a", "octets": 1}]) == [
        'differs     {"host": "a"}',
        "            octet: expected 1, there is no such column",
    ]
    assert lines([{"host": "a", "octets": 1}], [{"host": "b", "octets": 1}]) == [
        'missing     {"host": "a", "octets": 1}',
        'unexpected  {"host": "b", "octets": 1}',
    ]


def test_of_many_differences_the_first_are_shown():
    shown = list(readable("top_talkers", differences([], [{"a": i} for i in range(100)])))
    assert shown[0] == "  top_talkers:"
    assert shown[-1] == "    … and 80 more"

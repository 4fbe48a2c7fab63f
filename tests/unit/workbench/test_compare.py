"""Rows of an analysis before and after an edit."""

from flowsift.workbench.compare import changes


def test_rows_are_known_again_by_times_and_texts():
    before = [{"a": "x", "n": 1}, {"a": "y", "n": 2}, {"a": "z", "n": 0.3}]
    after = [{"a": "x", "n": 1}, {"a": "y", "n": 3}, {"a": "z", "n": 0.1 + 0.2}, {"a": "w", "n": 4}]
    found = changes(before, after)
    assert found.gained == [{"a": "w", "n": 4}] and found.lost == [] and found.kept == 3
    assert found.moved == [({"a": "y", "n": 2}, {"a": "y", "n": 3})]

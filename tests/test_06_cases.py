"""Every case folder under tests/cases: the rows that an analysis makes of recorded records are the expected ones."""

import shutil
from pathlib import Path

import pytest
from flowsift.catalog.library import SQL_ROOT, Library
from flowsift.errors import UserError
from flowsift.workbench.cases import CASES_ROOT, Case, all_cases, compare, lacking
from flowsift.workbench.differences import differences, readable

FAILS = """-- What fails over every record.
-- grain:  one row a flow
-- misses: everything
CREATE VIEW fails AS
"""
NOT_A_NUMBER = "SELECT CAST(src_addr AS BIGINT) AS number FROM flows"
NO_SUPPORT = """SELECT measure FROM flow_item_sets
CROSS JOIN LATERAL TABLE(
  rules_of_flows(item_sets, flows_total, octets_total, CAST(0 AS DOUBLE), CAST(1 AS DOUBLE), CAST(1 AS DOUBLE))
) AS rules(measure, a, c, o, s, co, l, le, cv, p)
"""


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


@pytest.mark.parametrize("analysis", Library().all("analysis"))
def test_every_analysis_has_a_case_that_fires_one_that_stays_quiet_and_one_with_late_and_broken_records(analysis):
    assert list(lacking(analysis, all_cases())) == []


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_case(case, run_short):
    assert case.analysis in case.expected()
    _, differing = compare(case, Library(), run_short)
    assert not differing, "\n".join(line for sink, rows in differing.items() for line in readable(sink, rows))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (NOT_A_NUMBER, r"the job failed: .*10\."),
        (
            NO_SUPPORT,
            r"the job failed: udfs/association_rules\.py:\d+: .* failed with ValueError: min_support: expected",
        ),
    ],
)
def test_a_job_that_fails_says_why_in_one_line(query, message, tmp_path, run_short):
    tree = Path(shutil.copytree(SQL_ROOT, tmp_path / "sql"))
    (tree / "analyses" / "fails.sql").write_text(FAILS + query)
    folder = tmp_path / "fails" / "always"
    folder.mkdir(parents=True)
    shutil.copy(CASES_ROOT / "flow_rules" / "finds_what_goes_together" / "input.jsonl", folder)
    with pytest.raises(UserError, match=message) as failure:
        compare(Case(folder), Library(tree), run_short)
    assert "\n" not in str(failure.value)

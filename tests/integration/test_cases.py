"""Every case under tests/cases: the rows that an analysis makes of recorded records are the expected ones."""

import re
import shutil
from pathlib import Path

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.project import SQL_ROOT
from flowsift.errors import UserError
from flowsift.workbench.cases import Case, all_cases, compare
from flowsift.workbench.differences import readable

from tests.support.environment import CASES_ROOT

FAILS = """-- What fails over every record.
-- grain:  one row a flow
-- misses: everything
CREATE VIEW fails AS
"""
NOT_A_NUMBER = "SELECT CAST(src_addr AS BIGINT) AS number FROM flows"
NO_SUPPORT = """SELECT metric FROM flow_item_sets
CROSS JOIN LATERAL TABLE(
  rules_of_flows(item_sets, total_flow_count, total_octets, CAST(0 AS DOUBLE), CAST(1 AS DOUBLE), CAST(1 AS DOUBLE))
) AS rules(entity_type, entity, metric, a, c, o, s, co, l, le, cv, p)
"""


@pytest.mark.parametrize("case", all_cases(CASES_ROOT), ids=lambda case: case.name)
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
            r"the job failed: udfs/rules/association_rules\.py:\d+: .* failed with ValueError: min_support: expected",
        ),
    ],
)
def test_a_job_that_fails_says_why_in_one_line(query, message, tmp_path, run_short):
    tree = Path(shutil.copytree(SQL_ROOT, tmp_path / "sql"))
    (tree / "analyses" / "fails.sql").write_text(FAILS + query)
    case = tmp_path / "fails" / "always.yaml"
    case.parent.mkdir()
    given = (CASES_ROOT / "flow_rules" / "finds_what_goes_together.yaml").read_text().partition("expected:")[0]
    case.write_text(re.sub("parameters:.*", "", given))
    with pytest.raises(UserError, match=message) as failure:
        compare(Case(case), Library(tree), run_short)
    assert "\n" not in str(failure.value)

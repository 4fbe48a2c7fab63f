"""The linter reads every SQL file, and it bites, also next to what its dialect of Flink's SQL lacks."""

import re

from flowsift.catalog.project import SQL_ROOT
from sqlfluff.core import FluffConfig, Linter
from sqlfluff.core.linter.discovery import paths_from_path

from tests.support.environment import REPOSITORY

LINTER = Linter(config=FluffConfig.from_path(str(REPOSITORY)))

# Each line names what is wrong with it.
BAD = """\
CREATE VIEW bad AS
select -- CP01, and LT09 of all that follows
  window_start AS Beginning, -- CP02
    window_end, -- LT02
  sum(octets) AS octets, -- CP03
  CAST(MAX(flows) AS bigint) AS flows, -- CP05
  MIN(packets) packets, -- AL02
  COUNT(*)  AS n, -- LT01
  MAX(score), protocol, -- AL03
  BOOL_OR(line IS JSON OBJECT and record_offset > ${RECORD_TIME_MS}) AS is_object, -- CP01
  MAX(CASE WHEN message LIKE U&'%\\0001%' THEN null END) AS nothing, -- CP04
  MAX('LT05: this line has more than one hundred columns') AS a_name_that_is_far_too_long_to_be_read,
  MIN(conn_state) AS conn_state
  , MAX(service) AS service -- LT04
FROM TABLE(
  SESSION(
    TABLE flows PARTITION BY src_addr,
      DESCRIPTOR(flow_end), -- LT02
    INTERVAL '${SESSION_GAP_MINUTES:-10}' MINUTE
  )
) sessions -- AL01
CROSS JOIN LATERAL TABLE(
  z_scores(octets,packets) -- LT01
) AS scores(score)
JOIN hosts ON sessions.src_addr = hosts.src_addr WHERE octets > 0 -- AM05 LT14
GROUP BY window_start, window_end, GROUPING SETS (( protocol), ()) -- LT01
UNION ALL
SELECT * -- AM04
FROM late_bad /* LT01 */\x20
"""


def test_make_lint_reads_every_sql_file():
    [folder] = re.findall(r"sqlfluff lint (?:--\S+ )*(\S+)", (REPOSITORY / "Makefile").read_text(encoding="utf-8"))
    files = {*map(str, SQL_ROOT.rglob("*.sql"))}
    assert files and files == {*paths_from_path(str(REPOSITORY / folder))}


def test_bad_sql_is_found_out():
    wrong = {
        (number, code)
        for number, line in enumerate(BAD.splitlines(), 1)
        for code in re.findall(r"\b[A-Z]{2}\d\d\b", line)
    }
    found = LINTER.lint_string(BAD).get_violations(filter_warning=False)
    assert {(violation.line_no, violation.rule_code()) for violation in found} == wrong

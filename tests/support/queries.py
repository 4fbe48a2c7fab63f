"""Queries whose plans keep state or call Python functions: what hurts, with its place, and the sound beside it."""

import re
import shutil
from pathlib import Path

from flowsift.catalog.project import SQL_ROOT

HEADER = """-- Made up.
-- grain:  one row
-- misses: nothing
"""
WINDOWED = "TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))"
CLOSE = "a.flow_end BETWEEN b.flow_end - INTERVAL '1' MINUTE AND b.flow_end"
PATTERN = """SELECT * FROM flows »MATCH_RECOGNIZE (
  PARTITION BY src_addr ORDER BY flow_end MEASURES A.octets_out AS before, C.octets_out AS behind
  PATTERN (A B+ C) {within} DEFINE A AS A.octets_out > 5, B AS B.octets_out > 6, C AS C.octets_out < 1
)"""
LATEST = """SELECT src_addr, flow_end, octets_out FROM (
  SELECT *, »ROW_NUMBER() OVER (PARTITION BY src_addr ORDER BY flow_end DESC) AS place FROM flows
) WHERE place = 1"""
BOTH = "this keeps every row of both sides, for ever; join on window_start"
# (query with » where something is found, how the messages begin, lines of the header)
FOUND = {
    "totals": (
        "SELECT src_addr, COUNT(*) AS n FROM flows »GROUP BY src_addr",
        "this keeps a row for every src_addr, for ever", "-- key:    src_addr",
    ),
    "totals_in_lower_case": (
        f"select src_addr, sum(n) as n from (\n  select src_addr, count(*) as n from {WINDOWED}\n"
        "  group by window_start, window_end, src_addr\n) »group by src_addr",
        "this keeps a row for every src_addr, for ever", "-- key:    src_addr",
    ),
    "totals_of_half_a_window": (
        f"SELECT window_start, COUNT(*) AS n FROM {WINDOWED} »GROUP BY window_start",
        "this keeps a row for every window_start, for ever", "-- key:    window_start",
    ),
    "totals_that_expire_never": (
        "SELECT /*+ STATE_TTL('flows' = '0s') */ src_addr, COUNT(*) AS n FROM flows »GROUP BY src_addr",
        "this keeps a row for every src_addr, for ever", "-- key:    src_addr",
    ),
    "distinct_rows": (
        "»SELECT DISTINCT src_addr FROM flows",
        "this keeps a row for every src_addr, for ever", "-- key:    src_addr",
    ),
    "union_of_rows": (
        "SELECT src_addr FROM flows »UNION SELECT dst_addr FROM flows",
        "this keeps a row for every src_addr, for ever", "-- key:    src_addr",
    ),
    "distinct_values": (
        "SELECT protocol, COUNT(DISTINCT src_addr) AS n FROM flows »GROUP BY protocol",
        "this keeps a row for every protocol and every value of COUNT(DISTINCT src_addr), for ever",
        "-- key:    protocol",
    ),
    "a_join": ("SELECT a.src_addr FROM flows AS a »JOIN flows AS b ON a.src_addr = b.dst_addr", BOTH, ""),
    "a_join_and_few_totals": (
        "SELECT a.protocol, COUNT(*) AS n FROM flows AS a »JOIN flows AS b ON a.src_addr = b.dst_addr\n"
        "GROUP BY a.protocol",
        BOTH, "-- key:    protocol\n-- state:  one row per protocol",
    ),
    "a_join_that_expires_on_one_side": (
        "SELECT /*+ STATE_TTL('a' = '1d') */ a.src_addr FROM flows AS a »JOIN flows AS b ON a.src_addr = b.dst_addr",
        BOTH, "",
    ),
    "a_join_behind_a_sound_one": (
        "SELECT a.src_addr FROM flows AS a\n"
        f"JOIN flows AS b ON a.src_addr = b.dst_addr AND {CLOSE}\n"
        "CROSS JOIN UNNEST(ARRAY[1, 2]) AS t(x)\n"
        "»JOIN flows AS c ON a.src_addr = c.dst_addr",
        BOTH, "",
    ),
    "a_join_by_comma": ("»SELECT a.src_addr FROM flows AS a, flows AS b WHERE a.src_addr = b.dst_addr", BOTH, ""),
    "a_join_by_in": ("SELECT src_addr FROM flows WHERE src_addr »IN (SELECT dst_addr FROM flows)", BOTH, ""),
    "a_join_by_exists": (
        "SELECT src_addr FROM flows WHERE »EXISTS (SELECT 1 FROM flows AS b WHERE b.dst_addr = flows.src_addr)",
        BOTH, "",
    ),
    "over_rows": (
        "SELECT src_addr, SUM(octets_out) »OVER (\n  PARTITION BY src_addr ORDER BY flow_end\n"
        "  ROWS BETWEEN 5 PRECEDING AND CURRENT ROW\n) AS octets FROM flows",
        "this keeps the last 5 rows for every src_addr, for ever; write RANGE", "",
    ),
    "over_all": (
        "SELECT src_addr, SUM(octets_out) OVER w AS octets FROM flows\n"
        "»WINDOW w AS (PARTITION BY src_addr ORDER BY flow_end)",
        "this keeps a running result for every src_addr, for ever; write RANGE", "",
    ),
    "over_distinct": (
        "SELECT COUNT(DISTINCT src_addr) »OVER (ORDER BY flow_end) AS n FROM flows",
        "this keeps every value of COUNT(DISTINCT src_addr), for ever; write RANGE", "",
    ),
    "first_rows": (
        "SELECT src_addr, octets_out, place FROM (\n"
        "  SELECT *, »ROW_NUMBER() OVER (PARTITION BY src_addr ORDER BY octets_out DESC) AS place FROM flows\n"
        ") WHERE place <= 3",
        "this keeps the first rows for every src_addr, for ever; partition by window_start",
        "-- key:    src_addr, place",
    ),
    "last_row": (LATEST, "this keeps the first rows for every src_addr, for ever", "-- key:    src_addr"),
    "a_pattern": (PATTERN.format(within=""), "this keeps half-matched rows, for ever; add WITHIN", ""),
    "what_was_true": (
        "SELECT flows.src_addr, d.name FROM flows\n"
        "»JOIN names FOR SYSTEM_TIME AS OF flows.flow_end AS d ON flows.src_addr = d.addr",
        "this keeps a row for every key, for ever; if the keys are few", "",
    ),
    "python_rows": (
        "SELECT »doubled(src_addr) AS a, »same(dst_addr) AS b FROM flows",
        ("the Python function doubled sees every", "the Python function same sees every"), "",
    ),
    "python_totals": (
        "SELECT n, COUNT(*) AS m FROM (\n"
        "  SELECT src_addr, »»summed(octets_out) AS n FROM flows »GROUP BY src_addr\n) GROUP BY n",
        (
            "this keeps a row for every src_addr, for ever; a Python aggregate knows no windows",
            "the Python function summed sees every record",
            "this keeps a row for every n, for ever",
        ),
        "-- key:    n",
    ),
    "python_over": (
        "SELECT src_addr, »»averaged(octets_out) OVER (\n  PARTITION BY src_addr ORDER BY flow_end\n"
        "  ROWS BETWEEN 5 PRECEDING AND CURRENT ROW\n) AS a FROM flows",
        ("this keeps the last 5 rows for every src_addr, for ever", "the Python function averaged sees every record"),
        "",
    ),
    "python_over_every_record": (
        "SELECT src_addr, »averaged(octets_out) OVER (\n  PARTITION BY src_addr ORDER BY flow_end\n"
        "  RANGE BETWEEN INTERVAL '5' MINUTE PRECEDING AND CURRENT ROW\n) AS a FROM flows",
        ("the Python function averaged sees every record",), "",
    ),
}  # fmt: skip
# (query, lines of the header)
SOUND = {
    "few_totals": (
        "SELECT protocol, COUNT(*) AS n FROM flows GROUP BY protocol",
        "-- key:    protocol\n-- state:  a row per protocol",
    ),
    "totals_that_expire": (
        "SELECT /*+ STATE_TTL('flows' = '1d') */ src_addr, COUNT(DISTINCT dst_addr) AS n FROM flows GROUP BY src_addr",
        "-- key:    src_addr",
    ),
    "a_window": (
        f"SELECT src_addr, COUNT(DISTINCT dst_addr) AS n FROM {WINDOWED} GROUP BY window_start, window_end, src_addr",
        "",
    ),
    "a_join_that_expires": (
        "SELECT /*+ STATE_TTL('a' = '1d', 'b' = '2h') */ a.src_addr FROM flows AS a JOIN flows AS b\n"
        "ON a.src_addr = b.dst_addr", ""
    ),
    "a_join_of_times": (
        f"SELECT a.src_addr FROM flows AS a JOIN flows AS b ON a.src_addr = b.dst_addr AND {CLOSE}", ""
    ),
    "a_join_of_windows": (
        f"SELECT a.src_addr FROM (SELECT * FROM {WINDOWED}) AS a JOIN (SELECT * FROM {WINDOWED}) AS b\n"
        "ON a.src_addr = b.dst_addr AND a.window_start = b.window_start AND a.window_end = b.window_end", ""
    ),
    "over_a_range": (
        "SELECT src_addr, COUNT(DISTINCT dst_addr) OVER (\n  PARTITION BY src_addr ORDER BY flow_end\n"
        "  RANGE BETWEEN INTERVAL '5' MINUTE PRECEDING AND CURRENT ROW\n) AS n FROM flows", ""
    ),
    "over_rows_of_all": (
        "SELECT SUM(octets_out) OVER (ORDER BY flow_end ROWS BETWEEN 5 PRECEDING AND CURRENT ROW) AS n FROM flows", ""
    ),
    "first_rows_of_a_window": (
        "SELECT src_addr, octets_out FROM (\n  SELECT *, ROW_NUMBER() OVER (\n"
        f"    PARTITION BY window_start, window_end, protocol ORDER BY octets_out DESC) AS place FROM {WINDOWED}\n"
        ") WHERE place <= 3", ""
    ),
    "last_row_of_a_window": (
        "SELECT src_addr, octets_out FROM (\n  SELECT *, ROW_NUMBER() OVER (\n"
        f"    PARTITION BY window_start, window_end, src_addr ORDER BY flow_end DESC) AS place FROM {WINDOWED}\n"
        ") WHERE place = 1", ""
    ),
    "a_window_of_old": ("SELECT COUNT(*) AS n FROM flows GROUP BY TUMBLE(flow_end, INTERVAL '1' MINUTE)", ""),
    "rows_in_order": ("SELECT src_addr, flow_end FROM flows ORDER BY flow_end", ""),
    "first_rows_of_all": (
        "SELECT src_addr, octets_out, place FROM (\n"
        "  SELECT *, ROW_NUMBER() OVER (ORDER BY octets_out DESC) AS place FROM flows\n) WHERE place <= 3",
        "-- key:    place",
    ),
    "a_pattern_in_time": (PATTERN.format(within="WITHIN INTERVAL '1' HOUR").replace("»", ""), ""),
    "python_on_windows": (
        f"SELECT doubled(src_addr) AS a FROM (\n  SELECT src_addr FROM {WINDOWED}\n"
        "  GROUP BY window_start, window_end, src_addr\n)", ""
    ),
}  # fmt: skip
FUNCTIONS = """from pyflink.table.udf import AggregateFunction, udaf, udf


class Sum(AggregateFunction):
    def create_accumulator(self):
        return [0]

    def get_value(self, accumulator):
        return accumulator[0]

    def accumulate(self, accumulator, value):
        accumulator[0] += value


summed = udaf(Sum(), result_type="BIGINT", accumulator_type="ARRAY<BIGINT>")
averaged = udaf(lambda values: values.mean(), result_type="DOUBLE", func_type="pandas")
doubled = udf(lambda text: 2 * text, result_type="STRING")
same = udf(lambda text: text, result_type="STRING")
"""
NAMES = """-- Names of hosts.
-- grain:  one row per addr
CREATE TABLE names (
  addr STRING, name STRING, since TIMESTAMP_LTZ(3), WATERMARK FOR since AS since, PRIMARY KEY (addr) NOT ENFORCED
) WITH ('connector' = 'filesystem', 'path' = '/nowhere', 'format' = 'debezium-json')
"""


def tree_in(root: Path) -> Path:
    """A copy of sql/ in `root`, with a few functions of Python and a table of changes."""
    tree = Path(shutil.copytree(SQL_ROOT, root / "sql"))
    (root / "made_up_functions.py").write_text(FUNCTIONS)
    for name in ("summed", "averaged", "doubled", "same"):
        (tree / "rollups" / f"{name}.sql").write_text(
            f"-- Made up.\nCREATE TEMPORARY FUNCTION {name} AS 'made_up_functions.{name}' LANGUAGE PYTHON\n"
        )
    (tree / "rollups" / "names.sql").write_text(NAMES)
    return tree


def put(tree: Path, name: str, query: str, header: str = "", folder: str = "analyses") -> list[str]:
    """Write a file; returns the places of its »."""
    text = HEADER + header + "\n" * bool(header) + f"CREATE VIEW {name} AS\n{query}\n"
    (tree / folder / f"{name}.sql").write_text(text.replace("»", ""))
    befores = (text[: match.start()].replace("»", "") for match in re.finditer("»", text))
    return [f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: " for before in befores]

"""Each rule about state and Python functions: what it finds, and where; and the sound forms that it lets pass."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from jobs import plan
from jobs.check import check, chosen
from jobs.concerns import concerns
from jobs.explain import describe
from jobs.library import SQL_ROOT, Library

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


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """A copy of sql/ with a few functions of Python and a table of changes."""
    root = tmp_path_factory.mktemp("tree")
    tree = Path(shutil.copytree(SQL_ROOT, root / "sql"))
    (root / "made_up_functions.py").write_text(FUNCTIONS)
    for name in ("summed", "averaged", "doubled", "same"):
        (tree / "functions" / f"{name}.sql").write_text(
            f"-- Made up.\nCREATE TEMPORARY FUNCTION {name} AS 'made_up_functions.{name}' LANGUAGE PYTHON\n"
        )
    (tree / "views" / "names.sql").write_text(NAMES)
    sys.path.append(str(root))
    yield tree
    sys.path.remove(str(root))


def put(tree: Path, name: str, query: str, header: str = "", folder: str = "analyses") -> list[str]:
    """Write a file; returns the places of its »."""
    text = HEADER + header + "\n" * bool(header) + f"CREATE VIEW {name} AS\n{query}\n"
    (tree / folder / f"{name}.sql").write_text(text.replace("»", ""))
    befores = (text[: match.start()].replace("»", "") for match in re.finditer("»", text))
    return [f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}: " for before in befores]


def found_in(tree: Path, names: list[str]) -> dict[str, list[str]]:
    """What check finds, by file, each with its place."""
    library = Library(tree)
    found: dict[str, list[str]] = {}
    for problem in check(library, chosen(library, names))[0]:
        found.setdefault(problem.path.stem, []).append(f"{problem.line}:{problem.column}: {problem.message}")
    return found


def is_as_expected(found: list[str], places: list[str], messages: str | tuple[str, ...]) -> bool:
    """Whether just these messages were found at these places."""
    expected = [
        place + message for place, message in zip(places, [messages] if isinstance(messages, str) else messages)
    ]
    return len(found) == len(expected) and all(any(text.startswith(begin) for text in found) for begin in expected)


@pytest.fixture(scope="module")
def places(tree) -> dict[str, list[str]]:
    places = {name: put(tree, name, query, header) for name, (query, _, header) in FOUND.items()}
    return places | {name: put(tree, name, *asked) for name, asked in SOUND.items()}


@pytest.fixture(scope="module")
def found(tree, places) -> dict[str, list[str]]:
    return found_in(tree, list(places))


@pytest.mark.parametrize("name", FOUND)
def test_what_hurts_is_found_at_its_place(name, found, places):
    assert is_as_expected(found.get(name, []), places[name], FOUND[name][1]), (places[name], found.get(name))


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_is_let_pass(name, found):
    assert found.get(name) is None


@pytest.fixture(scope="module")
def of_views(tree) -> dict[str, tuple[list[str], list[str]]]:
    """(what is found, its places) in views and in what stands on them."""
    window_join = (
        "SELECT a.window_start, a.entity FROM talkers_1m AS a\n"
        "JOIN talkers_1m AS b ON a.window_start = b.window_start AND a.window_end = b.window_end\n"
        "AND a.entity = b.entity\n"
    )
    places = {
        "pairs_met": put(
            tree, "pairs_met",
            "SELECT a.src_addr, a.protocol FROM flows AS a\n»JOIN flows AS b ON a.src_addr = b.dst_addr",
            folder="views",
        ),
        "above_a_join": put(tree, "above_a_join", f"{window_join}»JOIN pairs_met AS c ON c.src_addr = a.entity"),
        "beside_a_join": put(
            tree, "beside_a_join",
            f"{window_join}UNION ALL\nSELECT CAST(NULL AS TIMESTAMP(3)) AS window_start, src_addr FROM pairs_met",
        ),
        "few_above_a_join": put(
            tree, "few_above_a_join", "SELECT protocol, COUNT(*) AS n FROM pairs_met GROUP BY protocol",
            "-- key:    protocol\n-- state:  a row per protocol",
        ),
        "placed": put(
            tree, "placed",
            "SELECT *, ROW_NUMBER() OVER (PARTITION BY src_addr ORDER BY octets_out) AS place FROM flows",
            folder="views",
        ),
        "first_placed": put(
            tree, "first_placed", "»SELECT src_addr, place FROM placed WHERE place <= 3", "-- key:    src_addr, place"
        ),
        "latest": put(tree, "latest", LATEST, folder="views"),
        "joined_to_latest": put(
            tree, "joined_to_latest",
            "SELECT f.src_addr, d.octets_out FROM flows AS f\n»JOIN latest FOR SYSTEM_TIME AS OF f.flow_end AS d"
            " ON f.src_addr = d.src_addr",
        ),
        "joined_for_few": put(
            tree, "joined_for_few",
            "SELECT f.src_addr, d.name FROM flows AS f\n»JOIN names FOR SYSTEM_TIME AS OF f.flow_end AS d"
            " ON f.src_addr = d.addr", "-- state:  one row per named host",
        ),
    }  # fmt: skip
    found = found_in(tree, list(places))
    return {name: (found.get(name, []), places[name]) for name in places}


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("pairs_met", BOTH),
        ("beside_a_join", ()),
        ("above_a_join", BOTH),
        ("few_above_a_join", ()),
        ("placed", ()),
        ("first_placed", "this keeps the first rows for every src_addr"),
        ("latest", "this keeps the first rows for every src_addr"),
        ("joined_to_latest", "this keeps a row for every key, for ever"),
        ("joined_for_few", ()),
    ],
)
def test_what_hurts_is_found_in_the_view_that_it_comes_from(name, messages, of_views):
    assert is_as_expected(*of_views[name], messages), of_views[name]


# The words of `explain` about one step of a query from above.
TOLD = {
    "totals": "brings a running total of each src_addr up to date; keeps a row for every src_addr for ever",
    "totals_that_expire": "for 1d after the last change",
    "a_window": "adds up fixed windows of 1 minute of each src_addr; keeps sums until the window has closed",
    "a_join": "joins rows; keeps every row of both sides for ever",
    "a_join_that_expires": "joins rows; keeps every row of both sides for 1d or 2h after the last change",
    "a_join_by_in": "lets pass rows by what is in another query; keeps every row of both sides for ever",
    "a_join_of_times": "joins rows; keeps both sides for as long as times may match",
    "a_join_of_windows": "joins rows of the same window; keeps both sides until the window has closed",
    "host_sessions": "adds up sessions that end after 10 minutes of silence of each src_addr; keeps sums until",
    "a_window_of_old": "adds up windows; keeps sums until the window has closed",
    "rows_in_order": "puts rows in the order of time; keeps them until the watermark has passed",
    "over_rows": "looks back over the last 5 rows of each src_addr; keeps the last 5 rows for every src_addr for ever",
    "over_rows_of_all": "looks back over the last 5 rows; keeps the last 5 rows for ever",
    "over_a_range": "looks back over the last 5 minutes of each src_addr; keeps its rows for as long",
    "over_all": "looks back over all earlier rows of each src_addr; keeps a running result for every src_addr for ever",
    "first_rows": "picks the first 3 rows of each src_addr; keeps the first rows for every src_addr for ever",
    "first_rows_of_a_window": "picks the first 3 rows of each protocol in each window; keeps them until",
    "last_row_of_a_window": "picks the first row of each src_addr in each window; keeps them until",
    "a_pattern": "finds patterns of each src_addr; keeps half-matched rows for ever",
    "a_pattern_in_time": "finds patterns of each src_addr; keeps half-matched rows until WITHIN has passed",
    "what_was_true": "joins each row with what was true at its time; keeps a row for every key for ever",
    "python_rows": "calls the Python function doubled, same for each row; keeps nothing",
    "python_over": "by the Python function averaged; keeps the last 5 rows for every src_addr for ever",
}


@pytest.fixture(scope="module")
def told(tree, places) -> dict[str, str]:
    library = Library(tree)
    return {told.file.name: "\n".join(told.steps) for told in describe(library, library.analyses(list(TOLD)))}


@pytest.mark.parametrize("name", TOLD)
def test_explain_tells_what_a_step_keeps(name, told):
    assert TOLD[name] in told[name]


# What no query above is planned as: it needs other settings or a broker.
@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("ChangelogNormalize(key=[addr])", "this keeps a row for every addr, for ever"),
        ("SortLimit(orderBy=[n ASC], offset=[0], fetch=[3], strategy=[RetractStrategy])", "this keeps every row"),
        ("SortLimit(orderBy=[n ASC], offset=[0], fetch=[3], strategy=[AppendFastStrategy])", None),
        ("GroupAggregate(select=[COUNT(DISTINCT a) AS n])", "this keeps every value of COUNT(DISTINCT a), for ever"),
        ("GroupAggregate(select=[MIN_RETRACT(a) AS n])", "this keeps every value of MIN(a), for ever"),
        ("GroupAggregate(select=[COUNT(*) AS n, MAX(a) AS m])", None),
        ("GlobalGroupAggregate(groupBy=[a], select=[a, COUNT(count1$0) AS n])", "this keeps a row for every a,"),
        (
            "IncrementalGroupAggregate(finalAggGrouping=[], select=[COUNT(distinct$0 count$0)])",
            "this keeps every value of COUNT(count$0), for ever",
        ),
        ("MultiJoin(commonJoinKey=[a], joinTypes=[INNER, INNER])", BOTH),
        ("PythonGroupWindowAggregate(window=[TumblingGroupWindow('w$)], select=[f(a) AS n])", "the Python function f"),
    ],
)  # fmt: skip
def test_a_step_of_other_plans(step, message):
    text = f"== Abstract Syntax Tree ==\n\n== Optimized Physical Plan ==\n{step}\n+- DropUpdateBefore\n   +- Scan(a)\n"
    found = [concern.message for concern in concerns(plan.parse(text)[0])]
    assert [text[: len(message)] for text in found] == [message] if message else not found

"""Typical mistakes in a SQL file, each with the message that an analyst gets, and none where all is well."""

import shutil
from pathlib import Path

import pytest
from flowsift.catalog import lint
from flowsift.catalog.library import Library
from flowsift.catalog.project import SQL_ROOT
from flowsift.engine.endpoints import FileInput, FileOutput
from flowsift.engine.job import Job, Run
from flowsift.engine.settings import planning_settings
from flowsift.errors import UserError
from flowsift.planner.check import check, chosen

HEADER = """-- Traffic of each source.
-- grain:  one row per src_addr and one-minute window
-- misses: nothing
"""
GOOD = (
    HEADER
    + """CREATE VIEW mine AS
SELECT
  window_start,
  src_addr,
  SUM(octets_out) AS octets
FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), INTERVAL '1' MINUTE))
GROUP BY window_start, window_end, src_addr
"""
)
# (what is replaced in the good file, by what, where it is found, how the message begins)
MISTAKES = {
    "a misspelt column": (
        "SUM(octets_out)", "SUM(octet_out)",
        "8:7", "column 'octet_out' not found; did you mean 'octets_out'?",
    ),
    "an unknown column": (
        "SUM(octets_out)", "SUM(nonsense)",
        "8:7", "column 'nonsense' not found; there are: conn_state, direction, dst_addr",
    ),
    "a misspelt view": ("TABLE flows", "TABLE flow", "9:25", "table or view 'flow' not found; did you mean 'flows'?"),
    "a misspelt function": ("SUM(", "SUMM(", "8:3", "function 'SUMM' not found; did you mean 'SUM'?"),
    "a misspelt keyword": ("\nFROM", "\nFRM", "9:1", "unexpected 'FRM'; did you mean FROM?"),
    "a misspelt GROUP BY": ("\nGROUP", "\nGRUOP", "10:7", "unexpected 'BY' behind GRUOP; did you mean GROUP BY?"),
    "a comma too many": ("octets\n", "octets,\n", "9:1", "a comma stands before FROM"),
    "two commas": ("src_addr,\n", "src_addr,,\n", "7:12", "a comma stands before ,"),
    "a name without its column": ("src_addr,\n", "src_addr, AS source,\n", "7:13", "a comma stands before AS"),
    "a comma missing": ("src_addr,\n", "src_addr\n", "8:3", "unexpected 'SUM'; is a comma missing"),
    "a reserved word as a table's name": (
        "src_addr,\n", "every.src_addr,\n", "7:3", "every is a reserved word; write `every` in backticks",
    ),
    "a reserved word": ("AS octets", "AS value", "8:22", "value is a reserved word; write `value` in backticks"),
    "a quote not closed": ("'1' MINUTE", "'1 MINUTE", "9:63", "this ' is never closed"),
    "a quote not closed before others": (
        "window_start,\n", "'x AS x,\n", "6:3", "this ' is never closed",
    ),
    "a parameter bare in a hint": (
        "SELECT\n", "SELECT /*+ STATE_TTL('flows' = ${TTL:-5}) */\n", "5:32", "a parameter stands in a literal",
    ),
    "an operator left out": ("\nGROUP", "\nWHERE protocol 'tcp'\nGROUP", "10:16", "unexpected ''tcp''"),
    "a key column twice": ("-- misses", "-- key:    octets, octets\n-- misses", "3:1", "the key names a column twice"),
    "a parenthesis not closed": ("SUM(octets_out)", "SUM(octets_out", "8:6", "this ( is never closed"),
    "double quotes": ("'1'", '"1"', "9:63", "text stands in single quotes"),
    "WHERE behind GROUP BY": ("end, src_addr\n", "end, src_addr\nWHERE octets_out > 1\n", "11:1", "WHERE stands"),
    "AS left out": ("VIEW mine AS", "VIEW mine", "5:1", "AS is missing behind mine_"),
    "its own name in HAVING": (
        "end, src_addr\n", "end, src_addr\nHAVING octets > 1\n",
        "11:8", "octets is a name given in this SELECT; WHERE, GROUP BY and HAVING need its expression again",
    ),
    "a default that is no number": (
        "end, src_addr\n", "end, src_addr\nHAVING COUNT(*) > CAST('${MANY:-ten}' AS BIGINT)\n",
        "11:33", "the default ten is no number",
    ),
    "NULL compared": ("\nGROUP", "\nWHERE service = NULL\nGROUP", "10:15", "nothing equals NULL; write IS NULL"),
    "a text compared with a number": (
        "\nGROUP", "\nWHERE protocol = 6\nGROUP", "10:1", "VARCHAR is compared with INTEGER; convert one side",
    ),
    "rows in order": ("end, src_addr\n", "end, src_addr\nORDER BY octets DESC\n", "11:1", "a stream never ends, so"),
    "the first rows": (
        "end, src_addr\n", "end, src_addr\nORDER BY octets DESC LIMIT 3\n", "11:1", "a stream never ends, so",
    ),
    "types that do not fit": (
        "SUM(octets_out)", "SUM(octets_out + src_addr)",
        "8:7", "'+' does not take <BIGINT> + <STRING>; convert one side",
    ),
    "a column not grouped": (
        "window_end, src_addr", "window_end",
        "7:3", "'src_addr' is neither grouped nor aggregated; add it to GROUP BY",
    ),
    "a window not grouped": (
        "GROUP BY window_start, window_end, src_addr", "GROUP BY src_addr",
        "6:3", "'window_start' is not grouped; rows of a window are put together by GROUP BY window_start, window_end",
    ),
    "an aggregate in WHERE": (
        "\nGROUP", "\nWHERE SUM(octets_out) > 1\nGROUP",
        "10:7", "WHERE sees single rows; put a condition on an aggregate into HAVING",
    ),
    "no event time": ("DESCRIPTOR(flow_end)", "DESCRIPTOR(flow_start)", "9:32", "DESCRIPTOR needs an event time"),
    "a long interval": ("'1' MINUTE", "'300' SECOND", "9:69", "INTERVAL '300' SECOND has more than two digits"),
    "the same name twice": ("AS octets", "AS src_addr", "7:3", "there is a column `src_addr` already"),
    "a parameter bare": ("'1'", "${SIZE:-1}", "9:63", "a parameter stands in a literal; write '${SIZE:-1}'"),
    "a parameter misspelt": ("'1'", "'${size}'", "9:64", "${size} is no parameter"),
    "a parameter not explained": ("'1'", "'${SIZE:-1}'", "9:64", "SIZE is not explained; add the line"),
    "a line missing in the header": ("-- misses: nothing\n", "", "1:1", "the header lacks its misses; add the line"),
    "a misspelt line of the header": ("-- grain:", "-- grian:", "2:4", "unknown header line grian; did you mean gr"),
    "another name than the file's": ("VIEW mine", "VIEW yours", "4:13", "this defines yours; a file defines one obj"),
    "two statements": ("end, src_addr\n", "end, src_addr;\nSELECT 1", "10:44", "one statement a file"),
    "a column explained that is none": (
        "-- misses", "-- columns: octets  what was sent\n-- columns: src_adr  who sent it\n-- misses",
        "4:13", "no column src_adr; did you mean src_addr?",
    ),
    "an order by no column": (
        "-- misses", "-- order:  octets DESC, sorce\n-- misses", "3:25", "no column sorce",
    ),
    "an order that is none": (
        "-- misses", "-- order:  octets downwards\n-- misses", "3:1", "order names columns, each alone or with",
    ),
    "an order not written yet": (
        "-- misses", "-- order:  octets,\n-- misses", "3:1", "order names columns, each alone or with",
    ),
    "an order that is wrapped": (
        "-- misses", "-- order:  octets DESC,\n--         sorce\n-- misses", "3:1", "no column sorce",
    ),
    "a key that is no column": ("-- misses", "-- key:    host\n-- misses", "3:1", "the key names no column: host"),
    "rows that change, without a key": (
        "window_start, window_end, src", "window_start, src",
        "10:1", "the query changes rows that it has written (GroupAggregate), and a sink without a key takes only new",
    ),
    "state that is never dropped": (
        GOOD[GOOD.index("SELECT"):],
        "SELECT flows.src_addr\nFROM flows\nJOIN flows AS others ON flows.src_addr = others.dst_addr\n",
        "7:1", "this keeps every row of both sides, for ever; join on window_start and window_end",
    ),
    "a Python function for every record": (
        GOOD[GOOD.index("SELECT"):],
        "SELECT s.metric\nFROM flows\nCROSS JOIN LATERAL TABLE(\n  z_scores(ARRAY[1], ARRAY[octets_out], ARRAY[1],"
        " ARRAY[1], ARRAY[1], ARRAY[1.0], 3.0, 3.0)\n) AS s(metric, m, o, e, l, u, sc, n, t, d)\n",
        "8:3", "the Python function z_scores sees every record, which costs two thirds of the throughput",
    ),
}  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of sql/ to make mistakes in."""
    return Path(shutil.copytree(SQL_ROOT, tmp_path / "sql"))


def checked(tree: Path, *names: str) -> list[str]:
    """What is wrong with files, but for columns without a meaning: no query here would fit on a page with them."""
    return [problem for problem in all_of(tree, *names) if "no meaning of" not in problem]


def all_of(tree: Path, *names: str) -> list[str]:
    library = Library(tree)
    return [str(problem) for problem in check(library, chosen(library, list(names)))[0]]


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory) -> dict[str, list[str]]:
    """What is wrong with the file of each mistake, all of them checked at once."""
    tree = Path(shutil.copytree(SQL_ROOT, tmp_path_factory.mktemp("mistaken") / "sql"))
    names = {mistake: f"mine_{number}" for number, mistake in enumerate(MISTAKES)}
    for mistake, name in names.items():
        old, new, *_ = MISTAKES[mistake]
        assert old in GOOD
        text = GOOD.replace(old, new, 1)
        (tree / "analyses" / f"{name}.sql").write_text(text.replace("VIEW mine", f"VIEW {name}"))
    found = checked(tree, *names.values())
    return {mistake: [line for line in found if f"{name}.sql:" in line] for mistake, name in names.items()}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_cure(mistake, mistaken):
    *_, place, message = MISTAKES[mistake]
    found = mistaken[mistake]
    others = [line for line in found if f".sql:{place}: {message}" not in line]
    assert len(others) < len(found), found
    # Nothing is blamed that is a consequence of the mistake only.
    assert all("is not explained" in line or "the header lacks" in line for line in others), others


def test_a_good_file_has_no_problem(tree):
    path = tree / "analyses" / "mine.sql"
    path.write_text(GOOD)
    assert checked(tree, str(path)) == []


def test_every_column_of_a_sink_needs_a_meaning(tree):
    path = tree / "analyses" / "mine.sql"
    path.write_text(GOOD)
    [problem] = all_of(tree, "mine")
    assert "mine.sql:1:1: no meaning of window_start, src_addr, octets; add for each: -- columns:" in problem
    meanings = "".join(f"-- columns: {name}  what it is\n" for name in ("window_start", "src_addr", "octets"))
    path.write_text(GOOD.replace("-- misses", f"{meanings}-- misses"))
    assert all_of(tree, "mine") == []


def test_a_parameter_that_must_be_given_is_no_mistake(tree):
    text = GOOD.replace("-- misses", "-- params: SIZE  number: of the window\n-- misses").replace("'1'", "'${SIZE}'")
    (tree / "analyses" / "mine.sql").write_text(text)
    assert checked(tree, "mine") == []


def test_what_must_be_given_to_a_run_comes_in_one_message(tree, tmp_path):
    text = GOOD.replace("'1'", "'${SIZE}'").replace("\nGROUP", "\nWHERE protocol = '${PROTOCOL}'\nGROUP")
    (tree / "analyses" / "mine.sql").write_text(text)
    records, output = FileInput("recorded", [tmp_path / "recorded.jsonl"]), FileOutput(tmp_path / "results")
    with pytest.raises(UserError, match=r"^no value for SIZE, PROTOCOL; give each with --set NAME=VALUE$"):
        Job(Run("flows", records, output, ["mine"]), Library(tree), planning_settings(tmp_path))


def test_a_name_in_backticks_is_a_mention(tree):
    (tree / "analyses" / "mine.sql").write_text(GOOD.replace("TABLE flows", "TABLE `flows`"))
    assert Library(tree).needed(Library(tree).analyses(["mine"]))[-2].name == "flows"
    assert checked(tree, "mine") == []


def test_a_key_may_be_a_reserved_word(tree):
    text = GOOD.replace("-- misses", "-- key:    day\n-- state:  one row a day\n-- misses").replace(
        "  window_start,\n  src_addr,\n", "  DATE_FORMAT(flow_end, 'yyyy') AS `day`,\n"
    )
    text = text[: text.index("FROM")] + "FROM flows\nGROUP BY DATE_FORMAT(flow_end, 'yyyy')\n"
    (tree / "analyses" / "mine.sql").write_text(text)
    assert checked(tree, "mine") == []


def test_defaults_that_differ_are_named_where_they_are_looked_for(tree):
    text = GOOD.replace("-- misses", "-- params: TOP_N  number: size\n-- misses").replace("'1'", "'${TOP_N:-5}'")
    (tree / "analyses" / "mine.sql").write_text(text)
    [problem] = checked(tree, "mine")
    assert "mine.sql:10:64: TOP_N has the default 5 here and 10 in" in problem
    assert checked(tree, "traffic_totals") == []


def without(line, tree):
    """The file of a source after it has lost a line."""
    path = tree / "sources" / "flows.sql"
    assert line in path.read_text()
    path.write_text(path.read_text().replace(line, ""))
    return path


def test_a_source_without_its_delay(tree):
    path = without("-- delay:  75 seconds\n", tree)
    assert any("add the line: -- delay:  15 seconds" in problem for problem in checked(tree, str(path)))


@pytest.mark.parametrize(
    ("line", "instead", "message"),
    [
        ("-- skips:  _path <> 'conn'", "-- skips:  _pth <> 'conn'", "5:1: Column '_pth' not found"),
        ("-- skips:  _path <> 'conn'", "-- skips:  _path <> AND 'conn'", '5:1: Encountered "<> AND"'),
        (": a record of another of Zeek's logs", "", "5:1: expected a condition and why: -- skips:"),
        ("-- format: csv", "-- format: tsv", "3:1: expected json or csv, with delimiter"),
        ("delimiter=tab", "delimeter=tab", "3:1: expected json or csv, with delimiter"),
        ("AS orig_ip_bytes", "AS 1 ,x AS orig_ip_bytes", None),
        ("octets_out AS", "octets AS", "1:1: a source must define the column octets_out"),
        ("uid STRING", "uid DATE", "19:3: uid: a field of a record is BIGINT"),
    ],
)
def test_what_is_wrong_with_a_source_is_named_there(line, instead, message, tree):
    path = tree / "sources" / "zeek_conn.sql"
    assert line in path.read_text()
    path.write_text(path.read_text().replace(line, instead, 1))
    found = checked(tree, str(path))
    assert found == [] if message is None else f"zeek_conn.sql:{message}" in found[0], found


def test_a_header_without_its_grain(tree):
    without("-- grain:  one row per flow and exporter\n", tree)
    library = Library(tree)
    [problem] = lint.omissions(library.source("flows"), library)
    assert "the header lacks its grain" in str(problem)


def test_a_file_in_a_folder_that_is_none_of_ours(tree):
    path = tree / "analysis" / "mine.sql"
    path.parent.mkdir()
    path.write_text(GOOD)
    [problem] = checked(tree, "mine")
    assert "analysis/ is no folder for SQL files; did you mean analyses?" in problem


def test_all_mistakes_are_found_at_once(tree):
    text = GOOD.replace("SUM(octets_out)", "SUM(octet_out)").replace("  src_addr,", "  src_adr,")
    (tree / "analyses" / "mine.sql").write_text(text.replace("-- misses: nothing\n", ""))
    found = checked(tree, "mine")
    assert [line.split("mine.sql:")[1].split(": ")[0] for line in found] == ["1:1", "6:3", "7:7"]


def test_a_parameter_does_not_move_the_places_behind_it(tree):
    text = GOOD.replace("-- misses", "-- params: SIZE  number: of the window\n-- misses")
    text = text.replace("'1' MINUTE))\n", "'${SIZE:-1}' MINUTE)) WHERE octet_out > 1\n")
    (tree / "analyses" / "mine.sql").write_text(text)
    [problem] = checked(tree, "mine")
    column = text.splitlines()[9].index("octet_out") + 1
    assert f"mine.sql:10:{column}: column 'octet_out'" in problem


def test_what_stands_on_a_broken_view_is_named_not_blamed(tree):
    path = tree / "rollups" / "sent_per_src_1m.sql"
    path.write_text(path.read_text().replace("SUM(packets_out)", "SUM(nonsense)"))
    library = Library(tree)
    problems, left_out = check(library, chosen(library, [str(path)]))
    assert [problem.path.name for problem in problems] == ["sent_per_src_1m.sql"]
    assert "host_anomalies" in [file.name for file in left_out]


@pytest.mark.parametrize(("source", "word"), [("flows", "BIGINT"), ("zeek_conn", "DOUBLE")])
def test_a_broken_source_is_named_alone(source, word, tree):
    path = tree / "sources" / f"{source}.sql"
    path.write_text(path.read_text().replace(word, "NONSENSE", 1))
    library = Library(tree)
    problems, left_out = check(library, chosen(library, [str(path)]))
    assert [problem.path for problem in problems] == [path]
    assert "flows" in [file.name for file in left_out]


def test_a_file_defines_what_its_folder_is_for(tree):
    (tree / "analyses" / "mine.sql").write_text(GOOD.replace("CREATE VIEW", "create table"))
    assert "mine.sql:4:8: under analyses/ a file defines a VIEW" in checked(tree, "mine")[0]
    (tree / "analyses" / "mine.sql").write_text(GOOD.replace("CREATE VIEW mine AS\n", ""))
    assert "nothing is defined here; begin a line with CREATE VIEW mine" in checked(tree, "mine")[0]


def test_a_file_that_is_not_text(tree, capsys):
    (tree / "analyses" / "mine.sql").write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(UserError, match=r"mine\.sql:1:1: this file is not text in UTF-8"):
        Library(tree)


def test_a_function_whose_module_does_not_import(tree):
    path = tree / "analyses" / "anomalies" / "parts" / "z_scores.sql"
    path.write_text(path.read_text().replace("udfs.z_score.z_scores", "udfs.z_scores.z_scores"))
    [problem] = checked(tree, "z_scores")
    assert "z_scores.sql:2:40: udfs.z_scores cannot be imported: ModuleNotFoundError" in problem
    path.write_text(path.read_text().replace("udfs.z_scores.z_scores", "udfs.z_score.z_score"))
    assert "udfs.z_score has no function z_score; did you mean z_scores?" in checked(tree, "z_scores")[0]


def test_a_circle_is_shown(tree):
    (tree / "rollups" / "a.sql").write_text("-- A.\n-- grain:  one\nCREATE VIEW a AS\nSELECT x FROM b\n")
    (tree / "rollups" / "b.sql").write_text("-- B.\n-- grain:  one\nCREATE VIEW b AS\nSELECT x FROM a\n")
    [problem] = checked(tree, "a")
    assert "b.sql:4:15: a needs itself: a > b > a" in problem


def test_a_name_defined_twice(tree):
    (tree / "analyses" / "flows.sql").write_text(GOOD.replace("mine", "flows"))
    assert "flows is already defined in" in checked(tree, "traffic_totals")[0]


def test_a_file_that_is_not_there():
    with pytest.raises(UserError, match=r"no SQL file under .*: nowhere\.sql"):
        chosen(Library(), ["nowhere.sql"])

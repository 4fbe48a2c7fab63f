"""Each rule about state and Python functions: what it finds, and where; what it lets pass; and how explain tells it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flowsift.catalog.library import Library
from flowsift.planner.check import check, chosen
from flowsift.planner.explain import describe

from tests.support.queries import BOTH, FOUND, LATEST, SOUND, put, tree_in


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Iterator[Path]:
    """A tree to put queries into, whose functions can be imported."""
    root = tmp_path_factory.mktemp("tree")
    sys.path.append(str(root))
    yield tree_in(root)
    sys.path.remove(str(root))


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
            folder="rollups",
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
            folder="rollups",
        ),
        "first_placed": put(
            tree, "first_placed", "»SELECT src_addr, place FROM placed WHERE place <= 3", "-- key:    src_addr, place"
        ),
        "latest": put(tree, "latest", LATEST, folder="rollups"),
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
    found, lines = of_views[name]
    assert is_as_expected(found, lines, messages), of_views[name]


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

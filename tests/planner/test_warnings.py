"""Rules about state and Python functions: what each finds, and where, and lets pass; what explain says is kept."""

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
    """What check finds but for columns without a meaning, by file, each with its place."""
    library = Library(tree)
    found: dict[str, list[str]] = {}
    for problem in check(library, chosen(library, names))[0]:
        if "no meaning of" in problem.message:
            continue
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
    """(what is found, its places) in views and in what depends on them."""
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


# What `explain` says of the state of a query from above.
KEPT = {
    "totals": "a row for every src_addr, for ever",
    "totals_that_expire": (
        "a row for every src_addr and every value of COUNT(DISTINCT dst_addr), for 1d after the last change"
    ),
    "a_window": "sums for every src_addr, until the window has closed",
    "a_join": "every row of both sides, for ever",
    "a_join_that_expires": "every row of both sides, for 1d or 2h after the last change",
    "a_join_by_in": "every row of both sides, for ever",
    "a_join_of_times": "rows of both sides, for as long as their times may match",
    "a_join_of_windows": "rows of both sides, until the window has closed",
    "host_sessions": "sums for every entity, until the window has closed",
    "a_window_of_old": "sums, until the window has closed",
    "rows_in_order": "rows, to put them in order, until the watermark has passed",
    "over_rows": "the last 5 rows for every src_addr, for ever",
    "over_rows_of_all": "the last 5 rows, for ever",
    "over_a_range": "rows for every src_addr, for 5 minutes",
    "over_all": "a running result for every src_addr, for ever",
    "first_rows": "the first rows for every src_addr, for ever",
    "first_rows_of_a_window": "the first rows for every protocol, until the window has closed",
    "last_row_of_a_window": "the first rows for every src_addr, until the window has closed",
    "a_pattern": "half-matched rows, for ever",
    "a_pattern_in_time": "half-matched rows, until WITHIN has passed",
    "what_was_true": "a row for every key, for ever",
    "python_over": "the last 5 rows for every src_addr, for ever",
}


@pytest.fixture(scope="module")
def kept(tree, places) -> dict[str, list[str]]:
    library = Library(tree)
    return {found.file.name: found.keeps for found in describe(library, library.analyses([*KEPT, "python_rows"]))}


@pytest.mark.parametrize("name", KEPT)
def test_explain_says_what_is_kept_and_for_how_long(name, kept):
    assert KEPT[name] in kept[name]


def test_a_function_of_a_row_keeps_nothing(kept):
    assert kept["python_rows"] == []

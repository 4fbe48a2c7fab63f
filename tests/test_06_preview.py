"""An analysis tried on recorded traffic, told in words, and compared with its last commit."""

import shutil
import subprocess
from pathlib import Path

import pytest
from flowsift.catalog.library import SQL_ROOT, Library
from flowsift.cli.main import main
from flowsift.engine.endpoints import parse_input
from flowsift.errors import UserError
from flowsift.planner.explain import explain
from flowsift.report.tables import console, row_table
from flowsift.testbed.generate import Recipe, to_file
from flowsift.workbench.compare import changes, compare
from flowsift.workbench.preview import Preview


@pytest.fixture(scope="module")
def traffic(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "traffic.jsonl"
    to_file(Recipe(duration_s=600, rate=10.0, hosts=40), path, lambda lines, time_ms: None)
    return path


def test_a_preview_shows_the_first_rows_and_the_ledger(traffic, capsys):
    assert main(["preview", "top_talkers", "--input", str(traffic), "--limit", "5", "--set", "TOP_N=1"]) == 0
    shown = capsys.readouterr().out
    # Three kinds of entity in ten minutes.
    assert "top_talkers: 30 rows in all, 5 of them shown" in shown
    assert "every record is accounted for" in shown and "on 2025-01-06" in shown


def test_a_preview_of_running_totals_shows_the_last_ones(traffic, capsys):
    assert main(["preview", "traffic_totals", "--input", str(traffic)]) == 0
    shown = capsys.readouterr().out
    assert shown.count("│ all ") == 1


def test_a_preview_reads_files(capsys):
    assert main(["preview", "top_talkers", "--input", "kafka://localhost:1/flows"]) == 2
    assert "preview reads recorded traffic" in capsys.readouterr().err


def test_what_an_edit_changes(traffic, tmp_path, capsys):
    root = Path(shutil.copytree(SQL_ROOT, tmp_path / "sql"))
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@t"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "as it was"]):
        subprocess.run([*git, *command], check=True)
    asked = Preview("top_talkers", "flows", parse_input(str(traffic), bounded=True, properties={}), {}, 3)
    with pytest.raises(UserError, match="top_talkers is as it was committed"):
        compare(asked, Library(root))
    path = root / "analyses" / "statistics" / "top_talkers.sql"
    path.write_text(
        path.read_text().replace("${TOP_N:-10}", "${TOP_N:-9}").replace("  flows,\n", "  flows + 1 AS flows,\n", 1)
    )
    compare(asked, Library(root))
    shown = capsys.readouterr().out
    assert "before and after top_talkers.sql" in shown
    # The tenth place of three kinds of entity in each of ten minutes; every other row has another number.
    assert "gained 0, lost 30, kept 270, of these with other numbers 270" in shown


def test_rows_are_known_again_by_times_and_texts():
    before = [{"a": "x", "n": 1}, {"a": "y", "n": 2}, {"a": "z", "n": 0.3}]
    after = [{"a": "x", "n": 1}, {"a": "y", "n": 3}, {"a": "z", "n": 0.1 + 0.2}, {"a": "w", "n": 4}]
    found = changes(before, after)
    assert found.gained == [{"a": "w", "n": 4}] and found.lost == [] and found.kept == 3
    assert found.moved == [({"a": "y", "n": 2}, {"a": "y", "n": 3})]


def test_what_is_the_same_in_all_rows_is_said_once(capsys):
    rows = [{"at": f"2025-01-06T08:0{i}:00", "kind": "spike", "score": 12345.6 * i} for i in range(3)]
    console().print(row_table(rows))
    shown = capsys.readouterr().out
    assert "in each row shown: on 2025-01-06, kind spike" in shown
    assert "08:01:00" in shown and shown.count("spike") == 1 and "12,346" in shown


def test_an_analysis_is_told_in_words():
    told = explain(Library(), Library().all("analysis")["octet_anomalies"])
    for words in (
        "1. adds up fixed windows of 1 minute of each src_addr; keeps sums until the window has closed",
        "looks back over the last 30 minutes of each src_addr; keeps its rows for as long",
        "calls the Python function z_scores",
        "score DOUBLE",
        "--set Z_THRESHOLD=3: standard deviations from the mean",
    ):
        assert words in told
    assert "running total of each protocol" in explain(Library(), Library().all("analysis")["traffic_totals"])

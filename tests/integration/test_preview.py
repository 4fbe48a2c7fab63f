"""An analysis tried on recorded traffic, explained, and compared with its last commit."""

import shutil
import subprocess
from pathlib import Path

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.project import SQL_ROOT
from flowsift.cli.main import main
from flowsift.engine.endpoints import parse_files
from flowsift.errors import UserError
from flowsift.testbed.generate import Recipe, to_file
from flowsift.workbench.compare import compare
from flowsift.workbench.preview import Preview


@pytest.fixture(scope="module")
def traffic(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "traffic.jsonl"
    to_file(Recipe(duration_s=600, rate=10.0, hosts=40), path, lambda lines, time_ms: None)
    return path


def test_a_preview_shows_the_first_rows_and_the_ledger(traffic, capsys):
    assert main(["preview", "top_talkers", "--input", str(traffic), "--limit", "5", "--set", "TOP_N=1"]) == 0
    shown = capsys.readouterr().out
    # Three kinds of entity in ten minutes, and in the two before, in which a long flow began.
    assert "top_talkers: 36 rows in all, 5 of them shown" in shown
    assert "every record is accounted for" in shown and "on 2025-01-06" in shown


def test_a_preview_of_running_totals_shows_the_last_ones(traffic, capsys):
    assert main(["preview", "traffic_totals", "--input", str(traffic)]) == 0
    shown = capsys.readouterr().out
    assert shown.count("│ all         │ all ") == 1


def test_a_preview_reads_files(capsys):
    assert main(["preview", "top_talkers", "--input", "kafka://localhost:1/flows"]) == 2
    assert "preview reads recorded traffic" in capsys.readouterr().err


def test_what_an_edit_changes(traffic, tmp_path, capsys):
    root = Path(shutil.copytree(SQL_ROOT, tmp_path / "sql"))
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@t"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "as it was"]):
        subprocess.run([*git, *command], check=True)
    asked = Preview("top_talkers", "flows", parse_files(str(traffic)), {}, 3)
    with pytest.raises(UserError, match="top_talkers is as it was committed"):
        compare(asked, Library(root))
    path = root / "analyses" / "statistics" / "top_talkers.sql"
    text = path.read_text().replace("${TOP_N:-10}", "${TOP_N:-9}")
    path.write_text(text.replace("talkers.flow_count,", "talkers.flow_count + 1 AS flow_count,", 1))
    compare(asked, Library(root))
    shown = capsys.readouterr().out
    assert "before and after top_talkers.sql" in shown
    # Rank 10 of three kinds of entity in each of ten minutes; every other row has another number. The two minutes
    # before have the few hosts and pairs of long flows that began in them.
    assert "gained 0, lost 30, kept 279, of these with other numbers 279" in shown

"""Settings of Flink that follow from where it runs."""

import subprocess
import sys
from pathlib import Path

import pytest
from flowsift.engine.settings import local_settings
from flowsift.errors import UserError


def test_a_python_whose_path_has_blanks_is_started_by_one_without(tmp_path: Path, monkeypatch):
    (tmp_path / "a b").mkdir()
    python = tmp_path / "a b" / "python"
    python.symlink_to(sys.executable)
    monkeypatch.setattr("sys.executable", str(python))
    given = local_settings(tmp_path)["python.executable"]
    assert " " not in given
    assert subprocess.run([given, "-c", "print(1, end='')"], capture_output=True, text=True).stdout == "1"
    with pytest.raises(UserError, match="set TMPDIR"):
        local_settings(tmp_path / "a b")

"""The Java that Flink runs in."""

from pathlib import Path

import pytest
from flowsift.engine.flink.jvm import _surroundings, prepare_java
from flowsift.errors import UserError


def test_an_old_java_is_named(tmp_path: Path, monkeypatch):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UserError, match="is version 11: set JAVA_HOME"):
        prepare_java()


def test_a_proxy_is_not_for_what_flink_says_to_itself(tmp_path: Path):
    around = _surroundings({"https_proxy": "http://proxy:3128", "no_proxy": "intranet"}, tmp_path)
    assert around["no_proxy"] == "intranet,localhost,127.0.0.1" and around["NO_PROXY"] == "localhost,127.0.0.1"
    assert "no_proxy" not in _surroundings({}, tmp_path)


def test_logs_go_to_the_process_where_flinks_own_folder_cannot_be_written(tmp_path: Path, monkeypatch):
    assert "FLINK_LOG_DIR" not in _surroundings({"FLINK_LOG_DIR": "/var/log/flink"}, tmp_path)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert _surroundings({}, tmp_path)["FLINK_LOG_DIR"] == str(tmp_path)


def test_a_user_without_a_name_has_a_number(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: {}["uid"])
    assert _surroundings({}, tmp_path)["FLINK_IDENT_STRING"].isdigit()

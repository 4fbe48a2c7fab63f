"""The Java that Flink runs in."""

from pathlib import Path

import pytest
from flowsift.engine.flink.jvm import prepare_java
from flowsift.errors import UserError


def test_an_old_java_is_named(tmp_path: Path, monkeypatch):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UserError, match="is version 11: set JAVA_HOME"):
        prepare_java()

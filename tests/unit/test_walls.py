"""What import-linter cannot see: Flink's private parts are touched in one package only, and a run loads little."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import flowsift
import pytest
from flowsift.engine.flink.api import TESTED_VERSIONS, refuse_untested
from flowsift.errors import UserError

PACKAGE = Path(flowsift.__path__[0])
MODULES = sorted(PACKAGE.rglob("*.py"))


def java_parts(path: Path) -> list[str]:
    """Names of Java objects behind PyFlink's, and of what reaches the JVM."""
    return [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {node.attr}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr.startswith("_j_")
    ]


def test_only_engine_flink_touches_what_is_behind_pyflink():
    inside = [path for path in MODULES if path.is_relative_to(PACKAGE / "engine" / "flink")]
    assert any(java_parts(path) for path in inside)
    assert not [part for path in MODULES if path not in inside for part in java_parts(path)]


def test_a_run_loads_neither_the_test_bed_nor_the_workbench():
    program = "import sys; from flowsift.cli.main import main; main(sys.argv[1:]); print(*sys.modules)"
    arguments = ["run", "--source", "flows", "--input", __file__, "--output", "out", "nonsense"]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, env=environment, check=True
    )
    assert "unknown analysis: nonsense" in ended.stderr
    loaded = set(ended.stdout.split())
    assert "flowsift.engine.submit" in loaded
    others = ("flowsift.testbed", "flowsift.workbench", "flowsift.planner", "confluent_kafka", "pyflink", "numpy")
    assert not [name for name in loaded if name.startswith(others)]


def test_an_untested_version_of_flink_is_refused():
    for version in TESTED_VERSIONS:
        refuse_untested(version)
    with pytest.raises(UserError, match=r"Flink 2\.4\.0 is not tested.*use Flink 2\.3\.0"):
        refuse_untested("2.4.0")

"""The wheel in an environment of its own, without the repository: a user's project, from init to a run."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from flowsift.engine.flink.jvm import SHORT_LIVED
from packaging.requirements import Requirement

from tests.support.environment import REPOSITORY, START_ENVIRONMENT

SOURCES = ("jobs", "udfs", "sql", "pyproject.toml", "README.md", "LICENSE")
FUNCTION = """-- Whether a count reaches a threshold.
CREATE TEMPORARY FUNCTION reaches AS 'udfs.mine.reaches' LANGUAGE PYTHON
"""
# Beside a module of its own, a function may use one of the package.
MODULE = '''"""Thresholds."""

from pyflink.table import DataTypes
from pyflink.table.udf import udf

import udfs.learners.learner


def at_least(count: int, threshold: int) -> bool:
    """Whether a count reaches a threshold."""
    return udfs.learners.learner is not None and count >= threshold


reaches = udf(at_least, result_type=DataTypes.BOOLEAN())
'''


def pip(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built of a copy of the files that it is made of."""
    folder = tmp_path_factory.mktemp("build")
    for name in SOURCES:
        copy = shutil.copytree if (REPOSITORY / name).is_dir() else shutil.copy
        copy(REPOSITORY / name, folder / name)
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder / "wheel", folder)
    [path] = (folder / "wheel").iterdir()
    return path


def required(requirement: Requirement) -> Iterator[Distribution]:
    """What an installed package requires, and it itself."""
    found = distribution(requirement.name)
    yield found
    for other in map(Requirement, found.requires or []):
        marker = other.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)):
            yield from required(other)


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    """An environment that holds the wheel and what it requires, and nothing else; the latter by links, to be fast."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip("--python", python, "install", "--no-index", "--no-deps", wheel)
    [site] = folder.glob("lib/python*/site-packages")
    [installed] = distributions(path=[str(site)])
    assert installed.name == "flowsift"
    for line in installed.requires or []:
        if "extra ==" not in line:
            for package in required(Requirement(line)):
                for top in {file.parts[0] for file in package.files or []} - {"..", "__pycache__"}:
                    if not (site / top).exists():
                        (site / top).symlink_to(package.locate_file(top))
    pip("--python", python, "check")
    return folder


@pytest.fixture
def flowsift(environment, tmp_path):
    """flowsift(folder, *arguments, **variables) runs a command in a folder as a user would; returns its process."""
    path = f"{environment / 'bin'}:{START_ENVIRONMENT['PATH']}"
    java = {name: START_ENVIRONMENT[name] for name in ("JAVA_HOME",) if name in START_ENVIRONMENT}
    java["JVM_ARGS"] = SHORT_LIVED
    temporary = tmp_path / "tmp"
    temporary.mkdir()

    def start(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["flowsift", *arguments], cwd=folder, capture_output=True, text=True,
            env={"PATH": path, "TMPDIR": str(temporary), **java, **variables},
        )  # fmt: skip

    return start


def test_a_wheel_holds_what_the_repository_has(wheel):
    held = {Path(name) for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    places = {"jobs/flowsift": "flowsift", "udfs": "udfs", "sql": "flowsift/sql"}
    wanted = {
        place / path.relative_to(REPOSITORY / folder)
        for folder, place in places.items()
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert held and held == wanted


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if "__pycache__" not in path.parts}


def test_a_project_over_an_installed_wheel(environment, flowsift, tmp_path):
    [site] = environment.glob("lib/python*/site-packages")
    packaged = site / "flowsift"
    before = files(packaged) | files(site / "udfs")

    def said(folder: Path, *arguments: str, **variables: str) -> str:
        ended = flowsift(folder, *arguments, **variables)
        assert ended.returncode == 0, f"{arguments}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    assert "make a project with: flowsift init NAME" in flowsift(tmp_path, "new", "port_scans").stderr
    assert "cd 'my net'" in said(tmp_path, "init", "my net")
    project = tmp_path / "my net"
    assert "is not empty" in flowsift(tmp_path, "init", "my net").stderr
    # From any folder of the project.
    said(project / "udfs", "new", "port_scans", "--title", "Who tries many ports")
    analysis = project / "sql" / "analyses" / "port_scans.sql"
    called = re.sub(r"HAVING COUNT\(\*\) >= (CAST\(.*\))", r"HAVING reaches(COUNT(*), \1)", analysis.read_text())
    assert "reaches(" in called
    analysis.write_text(called)
    (analysis.parent / "reaches.sql").write_text(FUNCTION)
    (project / "udfs" / "mine.py").write_text(MODULE)
    [replaced] = (packaged / "sql").rglob("top_talkers.sql")
    replacing = project / replaced.relative_to(packaged)
    replacing.parent.mkdir(parents=True)
    replacing.write_text("-- My own talkers.\n" + replaced.read_text().partition("\n")[2])

    assert "3 SQL files: nothing wrong" in said(project, "check")
    assert "2 cases, 0 failed" in said(project, "test")
    said(project, "generate", "--output", "traffic.jsonl", "--duration", "10m", "--hosts", "40", "--malformed", "0")
    arguments = ["--source", "flows", "--input", "traffic.jsonl", "--output", "results", "--set"]
    # Workers of their own, as on a cluster, have nothing but what is shipped to them.
    run = ["run", "port_scans", *arguments, "PORT_SCANS_THRESHOLD=20", "--flink", "parallelism.default=1"]
    assert "every record is accounted for" in said(project, *run, _python_worker_execution_mode="process")
    rows = [
        json.loads(line)
        for path in (project / "results" / "port_scans").iterdir()
        for line in path.read_text().splitlines()
    ]
    assert len(rows) > 10

    listed = said(project, "list")
    assert "port_scans (yours)\n  Who tries many ports." in listed
    assert "top_talkers (yours)\n  My own talkers." in listed and "traffic_totals\n" in listed
    own = f"  {replacing.relative_to(project)}, replaces the packaged one\n"
    assert f"Packaged: {packaged / 'sql'}\n" in listed and own in listed and "  sql/analyses/port_scans.sql\n" in listed
    to_kafka = flowsift(project, "generate", "--output", "kafka://127.0.0.1:9/flows", "--duration", "1m")
    assert "pip install 'flowsift[testbed]'" in to_kafka.stderr
    assert files(packaged) | files(site / "udfs") == before
    assert not list((tmp_path / "tmp").iterdir())
    assert not [path for path in files(tmp_path) if os.path.realpath(path).startswith(str(REPOSITORY))]

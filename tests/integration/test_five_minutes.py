"""The five minutes of docs/write-an-analysis.md, followed word by word in a copy of the project, which stays sound."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace

from flowsift.testbed.demo import RECIPE
from flowsift.testbed.generate import to_file
from flowsift.workbench.cases import Case

from tests.support.environment import REPOSITORY, START_ENVIRONMENT

FIRST_CASE = "tests/cases/port_scans/fires_on_the_third_flow_of_a_minute.yaml"
# One after another in one process, as a user would in one shell, but with one JVM.
WALK = """
import json, pathlib, sys
from flowsift.cli.main import main, run_exit_functions
sql, commands = json.loads(sys.argv[1])
for command in commands:
    print("$", *command, flush=True)
    if command[0] == "rm":
        pathlib.Path(command[-1]).unlink()
    elif (code := main(command[1:])) != 0:
        sys.exit(f"exit code {code}")
    if command[1] == "new":
        pathlib.Path("sql/analyses/port_scans.sql").write_text(sql)
run_exit_functions()
"""


def pages(project):
    """The lines of the reference pages but for what the five minutes add."""
    return {
        path.name: [line for line in path.read_text(encoding="utf-8").splitlines() if "port_scans" not in line]
        for path in (project / "docs" / "analyses").glob("*.md")
        if path.stem != "port_scans"
    }


def test_the_five_minutes(tmp_path):
    text = (REPOSITORY / "docs" / "write-an-analysis.md").read_text(encoding="utf-8")
    section = text.split("## Add an analysis in five minutes\n")[1].split("\n## ")[0]
    [sql] = re.findall(r"```sql\n(.*?)```", section, re.S)
    lines = re.findall(r"^    ((?:flowsift|rm) .*)$", section.replace("\\\n", " "), re.M)
    commands = [shlex.split(line, comments=True) for line in lines]
    assert [command[1] for command in commands] == [
        "new", "check", "preview", "explain", "case", FIRST_CASE, "test", "reference"
    ]  # fmt: skip
    # Whoever has followed it has an analysis of this name.
    left_out = shutil.ignore_patterns("__pycache__", "port_scans*")
    for name in ("jobs", "udfs", "sql", "tests/cases"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=left_out)
    traffic = tmp_path / "build" / "demo" / "traffic.jsonl"
    traffic.parent.mkdir(parents=True)
    # The same incidents as in the demo, in thinner traffic.
    to_file(replace(RECIPE, rate=12.0), traffic, lambda lines, time_ms: None)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    again = [["flowsift", "test", "port_scans"], ["flowsift", "check"], ["flowsift", "list"]]
    paths = f"{tmp_path}:{tmp_path / 'jobs'}"  # the copy, whatever is installed
    walked = subprocess.run(
        [sys.executable, "-c", WALK, json.dumps([sql, commands + again])],
        cwd=tmp_path, env={**START_ENVIRONMENT, "TMPDIR": str(temporary), "PYTHONPATH": paths},
        capture_output=True, text=True,
    )  # fmt: skip
    assert walked.returncode == 0, walked.stdout + walked.stderr
    assert not list(temporary.iterdir())
    said = dict(zip((" ".join(c[1:3]) for c in commands + again), re.split(r"^\$ .*\n", walked.stdout, flags=re.M)[1:]))
    assert "nothing wrong" in said["check port_scans"]
    # The planted scan is found, by the host that scans.
    assert "entity 10.0.0.180" in said["preview port_scans"] and "every record is" in said["preview port_scans"]
    assert "2 cases, 0 failed" in said["test port_scans"]
    assert "port_scans" in said["list"]
    assert (tmp_path / "docs" / "analyses" / "port_scans.md").exists()
    fired = tmp_path / "tests" / "cases" / "port_scans" / "fires_on_a_scan.yaml"
    assert {row["entity"] for row in Case(fired).expected()["port_scans"]} == {"10.0.0.180"}
    # The rest of the tree is ours.
    assert "nothing wrong" in said["check"]
    assert pages(REPOSITORY) and pages(tmp_path) == pages(REPOSITORY), "bring it up to date: make reference"

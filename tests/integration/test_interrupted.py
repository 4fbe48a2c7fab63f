"""A run that is interrupted says so in a line and leaves nothing behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flowsift.engine.flink.jvm import SHORT_LIVED
from flowsift.testbed.generate import Recipe, to_file

from tests.support.environment import START_ENVIRONMENT

PROGRAM = [sys.executable, "-c", "from flowsift.cli.main import program; program()"]


@pytest.fixture(scope="module")
def traffic(tmp_path_factory) -> Path:
    """More than is read in the time that it takes to interrupt a run."""
    path = tmp_path_factory.mktemp("interrupted") / "flows.jsonl"
    to_file(Recipe(rate=100.0), path, lambda *_: None)
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_so_and_leaves_nothing(number: signal.Signals, traffic: Path, tmp_path: Path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    arguments = ["run", "host_anomalies", "--source", "flows", "--input", str(traffic)]
    arguments += ["--output", str(tmp_path / "out"), "--flink", "execution.checkpointing.interval=100 ms"]
    environment = {**START_ENVIRONMENT, "TMPDIR": str(temporary), "JVM_ARGS": SHORT_LIVED}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    run = subprocess.Popen([*PROGRAM, *arguments], env=environment, **pipes)
    try:
        deadline = time.monotonic() + 120
        while not list((tmp_path / "out").glob("*/.part-*")):  # rows are being written
            assert run.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        run.send_signal(number)
        _, said = run.communicate(timeout=60)
    finally:
        run.kill()
    assert (run.returncode, said.strip()) == (128 + number, "flowsift: interrupted")
    assert not list(temporary.iterdir())

"""A run that is interrupted ends at once and leaves nothing behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from jobs.cases import CASES_ROOT
from tests.conftest import START_ENVIRONMENT

PROGRAM = [sys.executable, "-c", "from jobs.cli import program; program()"]


def test_an_interrupted_run_is_quiet_and_leaves_nothing(tmp_path: Path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    [records, *_] = sorted(CASES_ROOT.glob("*/*/input.jsonl"))
    arguments = f"run traffic_totals --source flows --input {records} --output {tmp_path / 'out'}".split()
    run = subprocess.Popen(
        [*PROGRAM, *arguments, "--flink", "execution.checkpointing.interval=1 h"],  # it would not end before
        env={**START_ENVIRONMENT, "TMPDIR": str(temporary)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        while run.poll() is None and not list(temporary.glob("flowsift-java-*/minicluster_*")):
            time.sleep(0.1)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
    finally:
        run.kill()
    assert (run.returncode, said) == (130, "")
    assert not list(temporary.iterdir())

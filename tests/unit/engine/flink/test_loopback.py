"""The Python that says, where functions run in our own process, that a worker is wanted."""

import os
import subprocess
import sys

from flowsift.engine.flink.api import PROJECT_ROOT
from flowsift.engine.flink.loopback_boot import BEAM_BOOT

SCRIPT = str(PROJECT_ROOT / "jobs" / "flowsift" / "engine" / "flink" / "loopback_python.sh")


def python(*arguments, **environment):
    command = [SCRIPT, *arguments]
    environment = {**os.environ, "FLOWSIFT_PYTHON": sys.executable, **environment}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_it_is_this_python_for_all_else():
    assert (
        python("-c", "import sys; print(sys.executable, sys.argv[1:])", "a b").stdout == f"{sys.executable} ['a b']\n"
    )
    assert python("-c", "import sys; sys.exit(3)").returncode == 3


def test_beam_boot_runs_without_the_imports_that_take_seconds():
    ran = python("-m", BEAM_BOOT, PYTHON_LOOPBACK_SERVER_ADDRESS="nowhere", PYTHONPROFILEIMPORTTIME="1")
    assert "No id provided" in ran.stdout  # so beam_boot itself says
    assert "grpc" in ran.stderr and "pandas" not in ran.stderr and "apache_beam.pipeline" not in ran.stderr

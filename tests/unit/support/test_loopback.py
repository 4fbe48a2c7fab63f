"""The Python that says, where functions run in our own process, that a worker is wanted."""

import os
import subprocess
import sys

import pytest

from tests.support.loopback import BEAM_BOOT, light_python


@pytest.fixture
def python(tmp_path):
    def run(*arguments, **environment):
        command = [light_python(tmp_path), *arguments]
        return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)

    return run


def test_it_is_this_python_for_all_else(python):
    assert (
        python("-c", "import sys; print(sys.executable, sys.argv[1:])", "a b").stdout == f"{sys.executable} ['a b']\n"
    )
    assert python("-c", "import sys; sys.exit(3)").returncode == 3


def test_beam_boot_runs_without_the_imports_that_take_seconds(python):
    ran = python("-m", BEAM_BOOT, PYTHON_LOOPBACK_SERVER_ADDRESS="nowhere", PYTHONPROFILEIMPORTTIME="1")
    assert "No id provided" in ran.stdout  # so beam_boot itself says
    assert "grpc" in ran.stderr and "pandas" not in ran.stderr and "apache_beam.pipeline" not in ran.stderr

"""The JVM that Flink's Python API starts: which Java, with which options, where its files go, and its end."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from jobs.errors import UserError

# For a JVM that lives for seconds, or has little to do: what pays off later is left out.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
_LEAST_VERSION = 17
_END_S = 10


def java_command() -> str:
    """The Java of JAVA_HOME or of the path; raises UserError where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if not java or not Path(java).exists():
        raise UserError(f"Java {_LEAST_VERSION} or later is needed and there is none; install a JDK or set JAVA_HOME")
    return java


def prepare_java(options: str = "-XX:+UseParallelGC") -> None:
    """Raise UserError without a Java that Flink can use; set up the JVM to come, unless the user has."""
    java = java_command()
    if (version := _version(java)) < _LEAST_VERSION:
        raise UserError(
            f"Java {_LEAST_VERSION} or later is needed; {java} is version {version or 'unknown'}: set JAVA_HOME"
        )
    os.environ.setdefault("JVM_ARGS", options)
    _keep_files_together()


@cache
def _version(java: str) -> int:
    answer = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    version = re.search(r'version "(\d+)', answer)
    return int(version[1]) if version else 0


@cache  # a process has one JVM
def _keep_files_together() -> None:
    """Give the JVM a folder of its own that goes with this process, since Flink leaves files behind."""
    folder = tempfile.mkdtemp(prefix="flowsift-java-")
    os.environ["JVM_ARGS"] = f"-Djava.io.tmpdir={folder} {os.environ['JVM_ARGS']}"
    atexit.register(_end, folder)


def _end(folder: str) -> None:
    """End the JVM, if there is one, and remove its folder."""
    from py4j.protocol import Py4JError
    from pyflink import java_gateway

    if (gateway := java_gateway._gateway) is not None:
        with suppress(Py4JError):  # what ends this process may have ended the JVM before
            process = gateway.jvm.ProcessHandle.current().pid()
            gateway.shutdown()  # or objects of Java's that Python lets go ask for a JVM that is gone
            _stop(process)
    shutil.rmtree(folder, ignore_errors=True)


def _stop(process: int) -> None:
    """Ask a child process to end, and wait until it has; kill one that takes too long."""
    with suppress(ProcessLookupError, ChildProcessError):  # it has ended, and was waited for
        os.kill(process, signal.SIGTERM)
        deadline = time.monotonic() + _END_S
        while not os.waitpid(process, os.WNOHANG)[0]:
            if time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
            time.sleep(0.02)

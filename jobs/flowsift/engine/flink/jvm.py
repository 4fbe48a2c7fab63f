"""The JVM that Flink's Python API starts: which Java, with which options, where its files go, and its end."""

from __future__ import annotations

import atexit
import getpass
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flowsift.errors import UserError
from flowsift.scratch import process_folder

# For a JVM that lives for seconds, or has little to do: what pays off later is left out.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
_LEAST_VERSION = 17
_END_S = 10


def inside_flink_run() -> bool:
    """Whether `flink run` started this process."""
    return "PYFLINK_GATEWAY_PORT" in os.environ


def java_command() -> str:
    """The Java of JAVA_HOME or of the path; raises UserError where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    if not java or not Path(java).exists():
        raise UserError(f"Java {_LEAST_VERSION} or later is needed and there is none; install a JDK or set JAVA_HOME")
    return java


def prepare_java(options: str = "-XX:+UseParallelGC") -> None:
    """Raise UserError without a Java that Flink can use; these options are for where the user has set no JVM_ARGS."""
    java = java_command()
    if (version := _version(java)) < _LEAST_VERSION:
        raise UserError(
            f"Java {_LEAST_VERSION} or later is needed; {java} is version {version or 'unknown'}: set JAVA_HOME"
        )
    os.environ.setdefault("JVM_ARGS", options)


@cache
def _version(java: str) -> int:
    answer = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    version = re.search(r'version "(\d+)', answer)
    return int(version[1]) if version else 0


@cache
def jvm() -> Any:
    """The classes of the JVM: that of `flink run`, or else one of this process's own, which ends with it.

    Raises UserError where it does not start.
    """
    from pyflink.java_gateway import get_gateway

    if inside_flink_run():
        return get_gateway().jvm
    _give_utf8()
    folder = str(process_folder())
    if not re.search(r"\s", folder):  # Flink splits the options at each
        os.environ["JVM_ARGS"] = f"-Djava.io.tmpdir={folder} {os.environ.get('JVM_ARGS', '')}"
    os.environ.update(_surroundings(dict(os.environ), process_folder()))
    try:
        gateway: Any = get_gateway()
    except RuntimeError as error:
        # Flink's own line, a line "Stderr:", and what Java says.
        said = next((line for line in str(error).splitlines()[2:] if line and "warning" not in line.lower()), error)
        given = os.environ.get("JVM_ARGS", "").removeprefix(f"-Djava.io.tmpdir={folder} ")
        raise UserError(f"Java did not start: {said}; its options are those of JVM_ARGS: {given}") from error
    atexit.register(_end, gateway, gateway.jvm.ProcessHandle.current().pid())
    return gateway.jvm


def _surroundings(environment: dict[str, str], folder: Path) -> dict[str, str]:
    """What must be set for Flink's JVM and Python workers, of which they find out in their environment.

    A proxy is not for what they have to say to each other on this machine. Flink's logs are in its own folder, or where
    it cannot be written, in that of this process. Their names have that of the user, whom the system may not know.
    """
    changes = {"FLINK_IDENT_STRING": environment.get("FLINK_IDENT_STRING") or _user()}
    if any(name.lower().endswith("_proxy") for name in environment):
        for name in ("no_proxy", "NO_PROXY", *({"no_grpc_proxy"} & environment.keys())):
            changes[name] = ",".join(filter(None, (environment.get(name), "localhost", "127.0.0.1")))
    spec = find_spec("pyflink")
    assert spec is not None and spec.origin is not None, "jvm() has imported it"
    logs = Path(spec.origin).parent / "log"
    if "FLINK_LOG_DIR" not in environment and not os.access(logs if logs.exists() else logs.parent, os.W_OK):
        changes["FLINK_LOG_DIR"] = str(folder)
    return changes


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _give_utf8() -> None:
    """In another locale, as cron and containers have it, Java cannot name a file with other letters than ASCII's."""
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
    if "UTF8" not in locale.upper().replace("-", ""):
        os.environ["LC_ALL"] = "C.UTF-8"


def _end(gateway, process: int) -> None:
    """Ask a JVM to end, and wait until it has; kill one that takes too long."""
    gateway.shutdown()  # or objects of Java's that Python lets go would ask for a JVM that is gone
    with suppress(ProcessLookupError, ChildProcessError):  # it has ended, and was waited for
        os.kill(process, signal.SIGTERM)
        deadline = time.monotonic() + _END_S
        while not os.waitpid(process, os.WNOHANG)[0]:
            if time.monotonic() > deadline:
                os.kill(process, signal.SIGKILL)
            time.sleep(0.02)

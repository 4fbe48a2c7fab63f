"""A real Kafka broker and a real standalone Flink cluster on this machine, for the demo, the tests and the benchmark.

Both listen on free loopback ports, keep their files in one folder, and are stopped by process id.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jobs.errors import UserError
from jobs.job import PROJECT_ROOT

BROKER_JARS = PROJECT_ROOT / "docker" / "jars" / "broker"
_START_S = 60


def free_port() -> int:
    """A port nobody listens on, below those that the system hands out to clients in the meantime."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    return str(Path(home, "bin", "java")) if home else shutil.which("java") or "java"


def _wait_for(answers, process: subprocess.Popen, what: str, log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if answers():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise UserError(f"{what} did not start within {_START_S} s; its log is {log}")


def _stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def kafka_broker(folder: Path, settings: dict[str, str] | None = None) -> Iterator[str]:
    """A broker in KRaft mode; yields HOST:PORT. Topics are made on demand with two partitions."""
    if not any(BROKER_JARS.glob("*.jar")):
        raise UserError("the broker's jars are missing; fetch them with: make jars (needs Maven)")
    folder.mkdir(parents=True, exist_ok=True)
    port, controller = free_port(), free_port()
    configuration = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(folder / "data"),
        "num.partitions": "2",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        **(settings or {}),
    }
    server_properties = folder / "server.properties"
    server_properties.write_text("".join(f"{key}={value}\n" for key, value in configuration.items()))
    log = folder / "broker.log"
    java = [_java(), "-Xmx1g", "-cp", f"{BROKER_JARS}/*"]
    storage = [*java, "kafka.tools.StorageTool"]
    cluster_id = subprocess.run([*storage, "random-uuid"], capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run(
        [*storage, "format", "-t", cluster_id, "-c", str(server_properties)], capture_output=True, check=True
    )
    with log.open("w") as output:
        process = subprocess.Popen([*java, "kafka.Kafka", str(server_properties)], stdout=output, stderr=output)
    try:
        _wait_for(lambda: socket.create_connection(("127.0.0.1", port), 1).close() is None, process, "Kafka", log)
        yield f"127.0.0.1:{port}"
    finally:
        _stop(process)


@contextmanager
def flink_cluster(folder: Path, slots: int = 2, settings: dict[str, str] | None = None) -> Iterator[str]:
    """A standalone cluster, one job and one task manager from pip's packages; yields HOST:PORT of its REST."""
    import pyflink

    home = Path(pyflink.__file__).parent
    rest = free_port()
    configuration = {
        "jobmanager.rpc.address": "127.0.0.1",
        "jobmanager.bind-host": "127.0.0.1",
        "jobmanager.rpc.port": str(free_port()),
        "jobmanager.memory.process.size": "1g",
        "taskmanager.bind-host": "127.0.0.1",
        "taskmanager.host": "127.0.0.1",
        "taskmanager.memory.process.size": "4g",
        "taskmanager.memory.network.max": "512m",
        "taskmanager.numberOfTaskSlots": str(slots),
        "parallelism.default": str(slots),
        "rest.address": "127.0.0.1",
        "rest.bind-address": "127.0.0.1",
        "rest.port": str(rest),
        "python.executable": sys.executable,
        "python.client.executable": sys.executable,
        "env.java.opts.taskmanager": "-XX:+UseParallelGC",
        "execution.checkpointing.dir": (folder / "checkpoints").absolute().as_uri(),
        "io.tmp.dirs": str(folder / "tmp"),
        **(settings or {}),
    }
    conf = folder / "conf"
    shutil.copytree(home / "conf", conf, dirs_exist_ok=True)
    (folder / "tmp").mkdir(exist_ok=True)
    base = (home / "conf" / "config.yaml").read_text()
    opts = next((line for line in base.splitlines() if line.strip().startswith("all:")), "")
    lines = [f'"{key}": "{value}"' for key, value in configuration.items()]
    if opts:
        lines.append(f'"env.java.opts.all": {opts.split(":", 1)[1].strip()}')
    (conf / "config.yaml").write_text("\n".join(lines) + "\n")
    environment = {
        **os.environ, "FLINK_HOME": str(home), "FLINK_CONF_DIR": str(conf),
        "FLINK_LOG_DIR": str(folder / "log"), "FLINK_PID_DIR": str(folder),
    }  # fmt: skip
    (folder / "log").mkdir(exist_ok=True)
    processes: list[subprocess.Popen] = []
    try:
        for script in ("jobmanager.sh", "taskmanager.sh"):
            log = folder / "log" / f"{script}.out"
            with log.open("w") as output:
                command = [str(home / "bin" / script), "start-foreground"]
                processes.append(subprocess.Popen(command, env=environment, stdout=output, stderr=output))

        def registered() -> bool:
            with urllib.request.urlopen(f"http://127.0.0.1:{rest}/overview", timeout=2) as answer:
                return b'"taskmanagers":1' in answer.read()

        _wait_for(registered, processes[-1], "Flink", folder / "log")
        yield f"127.0.0.1:{rest}"
    finally:
        for process in reversed(processes):
            _stop(process)


def flink_run(rest: str, arguments: list[str], *, folder: Path) -> subprocess.CompletedProcess[str]:
    """`flink run -py jobs/run.py` with these arguments, on the cluster whose REST is `rest`."""
    import pyflink

    home = Path(pyflink.__file__).parent
    command = [
        str(home / "bin" / "flink"), "run", "-m", rest,
        "-pyexec", sys.executable, "-pyclientexec", sys.executable,
        "-py", str(PROJECT_ROOT / "jobs" / "run.py"), *arguments,
    ]  # fmt: skip
    environment = {**os.environ, "FLINK_CONF_DIR": str(folder / "conf"), "FLINK_LOG_DIR": str(folder / "log")}
    return subprocess.run(command, env=environment, capture_output=True, text=True)

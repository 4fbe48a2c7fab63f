"""A real Kafka broker and a real standalone Flink cluster on this machine, for the demo, the tests and the benchmark.

Both listen on free loopback ports, keep their files in one folder, and are stopped by process id.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from flowsift.catalog.project import JARS_ROOT, REPOSITORY
from flowsift.engine.flink.api import flink_home
from flowsift.engine.flink.jvm import SHORT_LIVED, java_command
from flowsift.engine.settings import PATIENT, free_port
from flowsift.errors import UserError

BROKER_JARS = JARS_ROOT / "broker"
SQL_CLIENT_JARS = JARS_ROOT / "sql-client"
# Of the broker's own cluster: 16 octets, in base64.
_BROKER_ID = "Zmxvd3NpZnQtY2x1c3Rlcg"
_START_S = 60
_ENDED = ("FINISHED", "CANCELED", "FAILED")


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
def kafka_broker(
    folder: Path, settings: dict[str, str] | None = None, listeners: Sequence[str] = (), *, java: str = ""
) -> Iterator[str]:
    """A broker in KRaft mode, with more `listeners` and options for its JVM; yields HOST:PORT of the open one.

    Topics are made on demand with two partitions.
    """
    if not any(BROKER_JARS.glob("*.jar")):
        raise UserError("the broker's jars are missing; fetch them in the repository with: make jars (needs Maven)")
    folder.mkdir(parents=True, exist_ok=True)
    port, controller = free_port(), free_port()
    configuration = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": ",".join([f"PLAINTEXT://127.0.0.1:{port}", f"CONTROLLER://127.0.0.1:{controller}", *listeners]),
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
    command = [java_command(), "-Xmx1g", "-cp", f"{BROKER_JARS}/*"]
    format_storage = ["kafka.tools.StorageTool", "format", "-t", _BROKER_ID, "-c", str(server_properties)]
    subprocess.run([*command, *SHORT_LIVED.split(), *format_storage], capture_output=True, check=True)
    with log.open("w") as output:
        server = [*command, *java.split(), "kafka.Kafka", str(server_properties)]
        process = subprocess.Popen(server, stdout=output, stderr=output)
    try:
        _wait_for(lambda: socket.create_connection(("127.0.0.1", port), 1).close() is None, process, "Kafka", log)
        yield f"127.0.0.1:{port}"
    finally:
        _stop(process)


class FlinkCluster:
    """A standalone cluster, one job and one task manager from pip's packages; `rest` is HOST:PORT of its REST."""

    def __init__(self, folder: Path, java: str) -> None:
        self._home = flink_home()
        self._folder = folder
        self._processes: dict[str, subprocess.Popen] = {}
        port = free_port()
        self.rest = f"127.0.0.1:{port}"
        conf = folder / "conf"
        shutil.copytree(self._home / "conf", conf, dirs_exist_ok=True)
        for name in ("tmp", "log"):
            (folder / name).mkdir(exist_ok=True)
        configuration = _cluster_configuration(folder, port, java)
        lines = [f'"{key}": "{value}"' for key, value in configuration.items()]
        base = (self._home / "conf" / "config.yaml").read_text()
        opts = next((line for line in base.splitlines() if line.strip().startswith("all:")), "")
        if opts:
            lines.append(f'"env.java.opts.all": {opts.split(":", 1)[1].strip()}')
        (conf / "config.yaml").write_text("\n".join(lines) + "\n")
        self._environment = {
            **os.environ, "FLINK_HOME": str(self._home), "FLINK_CONF_DIR": str(conf),
            "FLINK_LOG_DIR": str(folder / "log"), "FLINK_PID_DIR": str(folder),
            # In place of what this process has set for a JVM of its own; what Flink unpacks goes with the folder.
            "JVM_ARGS": f"-Djava.io.tmpdir={folder / 'tmp'}",
        }  # fmt: skip

    def start(self) -> None:
        self._start("jobmanager")
        self._start("taskmanager")
        self._wait_for_task_manager()

    def stop(self) -> None:
        for process in reversed(self._processes.values()):
            _stop(process)

    def crash_task_manager(self) -> None:
        """Kill the task manager as a failing machine would, and start another."""
        # With the Python workers that it has started.
        os.killpg(self._processes["taskmanager"].pid, signal.SIGKILL)
        self._processes["taskmanager"].wait()
        self._start("taskmanager")

    def cancel(self, job: str) -> None:
        """Begin to cancel the job of this id."""
        request = urllib.request.Request(f"http://{self.rest}/jobs/{job}", method="PATCH")
        urllib.request.urlopen(request, timeout=10).close()

    def cancel_jobs(self) -> None:
        """Cancel all jobs that have not ended, and wait until they have."""
        for job in self._running():
            with suppress(urllib.error.HTTPError):  # it has ended meanwhile
                self.cancel(job)
        while self._running():
            time.sleep(0.2)

    def _running(self) -> list[str]:
        with urllib.request.urlopen(f"http://{self.rest}/jobs", timeout=10) as answer:
            return [job["id"] for job in json.load(answer)["jobs"] if job["status"] not in _ENDED]

    def run(self, arguments: list[str], *, savepoint: str | None = None) -> subprocess.CompletedProcess[str]:
        """`flink run` with the arguments of `flowsift run`, going on from a savepoint if there is one."""
        python = ["-pyexec", sys.executable, "-pyclientexec", sys.executable]
        command = [str(self._home / "bin" / "flink"), "run", "-m", self.rest, *python]
        command += ["-s", savepoint] if savepoint else []
        job = ["-py", str(REPOSITORY / "jobs" / "run.py")] if REPOSITORY else ["-pym", "flowsift", "run"]
        return subprocess.run([*command, *job, *arguments], env=self._environment, capture_output=True, text=True)

    def sql_client(self, script: Path) -> subprocess.CompletedProcess[str]:
        """Run a script with Flink's sql-client, and wait for the jobs that it submits."""
        gateway = ":".join(map(str, SQL_CLIENT_JARS.glob("*.jar")))
        command = [str(self._home / "bin" / "sql-client.sh"), "-f", str(script), "-D", "table.dml-sync=true"]
        environment = {**self._environment, "HADOOP_CLASSPATH": gateway}
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def _start(self, kind: str) -> None:
        with (self._folder / "log" / f"{kind}.out").open("a") as output:
            self._processes[kind] = subprocess.Popen(
                [str(self._home / "bin" / f"{kind}.sh"), "start-foreground"],
                env=self._environment, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def _wait_for_task_manager(self) -> None:
        def registered() -> bool:
            with urllib.request.urlopen(f"http://{self.rest}/overview", timeout=2) as answer:
                return json.load(answer)["taskmanagers"] > 0

        _wait_for(registered, self._processes["taskmanager"], "Flink", self._folder / "log")


def _cluster_configuration(folder: Path, rest_port: int, java: str) -> dict[str, str]:
    return {
        "jobmanager.rpc.address": "127.0.0.1",
        "jobmanager.bind-host": "127.0.0.1",
        "jobmanager.rpc.port": str(free_port()),
        "jobmanager.memory.process.size": "1g",
        "taskmanager.bind-host": "127.0.0.1",
        "taskmanager.host": "127.0.0.1",
        "taskmanager.memory.process.size": "4g",
        "taskmanager.memory.network.max": "512m",
        # Every job of a session loads the connector's classes anew, and they are slow to go.
        "taskmanager.memory.jvm-metaspace.size": "1g",
        "taskmanager.numberOfTaskSlots": "2",
        **PATIENT,
        # A task manager that is gone is given up after two of these.
        "heartbeat.interval": "1 s",
        "parallelism.default": "2",
        "rest.address": "127.0.0.1",
        "rest.bind-address": "127.0.0.1",
        "rest.port": str(rest_port),
        "python.executable": sys.executable,
        "python.client.executable": sys.executable,
        "env.java.opts.taskmanager": java,
        "env.java.opts.jobmanager": SHORT_LIVED,
        "env.java.opts.client": SHORT_LIVED,
        "execution.checkpointing.dir": (folder / "checkpoints").absolute().as_uri(),
        "io.tmp.dirs": str(folder / "tmp"),
    }


@contextmanager
def flink_cluster(folder: Path, *, java: str = "-XX:+UseParallelGC") -> Iterator[FlinkCluster]:
    """A cluster that keeps its files in `folder` and is stopped at the end; `java` are options of its task manager."""
    folder.mkdir(parents=True, exist_ok=True)
    cluster = FlinkCluster(folder.absolute(), java)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()

"""Shared by all tests: runs on the mini-cluster, the real data, a broker and a cluster for the whole session."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from flowsift.cli.main import run_exit_functions
from flowsift.engine.endpoints import FileOutput, parse_input
from flowsift.engine.flink.api import PROJECT_ROOT
from flowsift.engine.flink.jvm import SHORT_LIVED
from flowsift.engine.flink.mini_cluster import mini_cluster
from flowsift.engine.job import Run
from flowsift.engine.submit import rows
from flowsift.testbed.clusters import BROKER_JARS, FlinkCluster, flink_cluster, kafka_broker

# Before Flink runs functions in this process and leaves variables of its own.
START_ENVIRONMENT = dict(os.environ)
# One JVM plans and runs hundreds of jobs: their code takes room. The second compiler would take from the other process.
os.environ.setdefault("JVM_ARGS", f"{SHORT_LIVED} -XX:ReservedCodeCacheSize=512m")
# Modules of functions, with examples, and tests without a JVM.
_FAST = re.compile(r"(?!test_)|test_0[1-5]")
_SERVICES = "services"
_CASES = "test_06_cases"
SHARED_DATA = PROJECT_ROOT.parent / "shared" / "data"


def pytest_itemcollected(item: pytest.Item) -> None:
    """Where two processes share the tests: those of a file share what its fixtures make, but cases share nothing."""
    if item.path.stem != _CASES:
        item.add_marker(pytest.mark.xdist_group(_place(item)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast ones first; then what one process has for long; last, so that no process waits for the other, the cases."""
    items.sort(
        key=lambda item: (_FAST.match(item.path.stem) is None, item.path.stem == _CASES, _place(item) != _SERVICES)
    )


def _place(item: pytest.Item) -> str:
    return _SERVICES if {"broker", "cluster"} & set(item.fixturenames) else item.path.stem


def pytest_unconfigure() -> None:
    run_exit_functions()


@pytest.fixture(scope="session")
def run_short() -> Iterator[Callable[..., None]]:
    """As `flowsift.engine.submit.run`, on one mini-cluster for all."""
    with mini_cluster() as run:
        yield run


@pytest.fixture
def run_files(tmp_path: Path, run_short: Callable[..., None]) -> Callable[..., Callable[[str], list[dict]]]:
    """run_files(path, *analyses, source="flows", **parameters) runs a job and returns a reader of its sinks."""

    def start(
        path: Path | str, *analyses: str, source: str = "flows", **parameters: str
    ) -> Callable[[str], list[dict]]:
        output = FileOutput(tmp_path / "results")
        request = Run(source, parse_input(str(path), bounded=True, properties={}), output, list(analyses), parameters)
        # A job ends with the checkpoint that follows its last row.
        run_short(request, {"execution.checkpointing.interval": "300 ms"})
        return lambda sink: rows(output.folder / sink)

    return start


@pytest.fixture(scope="session")
def zeek() -> Path:
    """Real Zeek logs, kept outside the project."""
    return _shared("zeek")


@pytest.fixture(scope="session")
def abilene() -> np.ndarray:
    """Megabits per second of a real backbone in steps of five minutes over ten days, kept outside the project."""
    return np.loadtxt(_shared("abilene/total_5min.csv"), delimiter=",", skiprows=1, usecols=1)


@pytest.fixture(scope="session")
def groceries() -> list[list[str]]:
    """Real market baskets, kept outside the project."""
    return [line.split(",") for line in _shared("baskets/groceries.csv").read_text(encoding="utf-8").splitlines()]


def _shared(name: str) -> Path:
    path = SHARED_DATA / name
    if not path.exists():
        pytest.skip(f"the real data of {name} are not here")
    return path


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """HOST:PORT of a real Kafka broker."""
    if not any(BROKER_JARS.glob("*.jar")):
        pytest.skip("no Kafka: its jars need Maven; make jars")
    with kafka_broker(tmp_path_factory.mktemp("kafka"), settings={"auto.create.topics.enable": "false"}) as server:
        yield server


@pytest.fixture(scope="session")
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlinkCluster]:
    with flink_cluster(tmp_path_factory.mktemp("flink")) as running:
        yield running


@pytest.fixture
def cluster(_cluster: FlinkCluster) -> Iterator[FlinkCluster]:
    """A real standalone Flink cluster; jobs that a test leaves behind are cancelled, so that the next has its slots."""
    yield _cluster
    _cluster.cancel_jobs()

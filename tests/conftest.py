"""Shared by all tests: runs on the mini-cluster, the real data, a broker and a cluster for the whole session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from flowsift.cli.main import run_exit_functions
from flowsift.engine.endpoints import FileOutput, parse_input
from flowsift.engine.flink.jvm import SHORT_LIVED
from flowsift.engine.job import Run
from flowsift.engine.results import rows
from flowsift.engine.submit import shared_cluster
from flowsift.testbed.clusters import BROKER_JARS, FlinkCluster, flink_cluster, kafka_broker

from tests.support.environment import REPOSITORY, give_the_jvm_room
from tests.support.loopback import light_python

give_the_jvm_room()
# In this order: fast ones first; then what one process has for long; last, so that no process waits, the cases.
_ROOMS = ("unit", "kafka", "oracles", "planner", "integration")
_TESTS = Path(__file__).parent
_CASES = _TESTS / "integration" / "test_cases.py"
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark each test with its room, and order them.

    Where two processes share the tests, those of a file share what its fixtures make, and those that need the broker or
    the cluster share these; cases and examples share nothing.
    """
    for item in items:
        item.add_marker(_room(item))
        if item.path.is_relative_to(_TESTS) and item.path != _CASES:
            is_served = {"broker", "cluster"} & set(item.fixturenames)
            item.add_marker(pytest.mark.xdist_group("services" if is_served else str(item.path.relative_to(_TESTS))))
    items.sort(key=lambda item: (item.path == _CASES, _ROOMS.index(_room(item))))


def _room(item: pytest.Function) -> str:
    """The folder under tests/; examples in docstrings are unit tests, wherever they stand."""
    room = item.path.relative_to(_TESTS).parts[0] if item.path.is_relative_to(_TESTS) else ""
    return room if room in _ROOMS else "unit"


def pytest_unconfigure() -> None:
    run_exit_functions()


@pytest.fixture(autouse=True)
def _no_jvm(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What starts a JVM is no unit test."""
    if (room := _room(request.node)) in ("unit", "oracles"):

        def refuse() -> None:
            raise AssertionError(f"tests/{room} start no JVM; where one plans is tests/planner")

        monkeypatch.setattr("pyflink.java_gateway.launch_gateway", refuse)


@pytest.fixture(scope="session")
def run_short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., None]]:
    """As `flowsift.engine.submit.run`, on one mini-cluster for all, where Python functions begin seconds sooner."""
    python = light_python(tmp_path_factory.mktemp("python"))
    with shared_cluster() as run:
        yield lambda request, settings, **others: run(request, {"python.executable": python, **settings}, **others)


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
    with kafka_broker(
        tmp_path_factory.mktemp("kafka"), settings={"auto.create.topics.enable": "false"}, java=SHORT_LIVED
    ) as server:
        yield server


@pytest.fixture(scope="session")
def _cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlinkCluster]:
    with flink_cluster(tmp_path_factory.mktemp("flink"), java=SHORT_LIVED) as running:
        yield running


@pytest.fixture
def cluster(_cluster: FlinkCluster) -> Iterator[FlinkCluster]:
    """A real standalone Flink cluster; jobs that a test leaves behind are cancelled, so that the next has its slots."""
    yield _cluster
    _cluster.cancel_jobs()

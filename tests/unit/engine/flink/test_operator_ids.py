"""The ids that operators get, from made-up transformations."""

from types import SimpleNamespace
from typing import Any

from flowsift.engine.flink.operator_ids import assign_uids
from flowsift.planner import compatibility


def fake(kind: str, name: str, *inputs):
    """A transformation as Flink has them, as far as assign_uids looks."""
    uids = []
    named = lambda simple: SimpleNamespace(getSimpleName=lambda: simple)  # noqa: E731
    rows = SimpleNamespace(getClass=lambda: named("Other"))
    return SimpleNamespace(
        getClass=lambda: named(kind), getId=lambda: id(uids), getInputs=lambda: inputs, getName=lambda: name,
        getDescription=lambda: None, getMaxParallelism=lambda: -1, getOutputType=lambda: rows, setUid=uids.append,
        uids=uids,
    )  # fmt: skip


def test_scans_that_are_alike_are_numbered_and_their_topic_is_read():
    scans = [fake("SourceTransformation", "KafkaSource-default_catalog.default_database.records_in") for _ in range(2)]
    roots = [fake("SinkTransformation", "s", scan) for scan in scans]
    streams: Any = SimpleNamespace(_j_stream_execution_environment=SimpleNamespace(getTransformations=lambda: roots))
    operators = assign_uids(streams, ["a", "b"], "my.flows-2")
    sources = ["records_in of my.flows-2", "records_in of my.flows-2 2"]
    assert [operator.uid for operator in operators] == [sources[0], "a: sink", sources[1], "b: sink"]
    assert [scan.uids for scan in scans] == [[uid] for uid in sources]
    assert {compatibility._SOURCE.match(uid)[1] for uid in sources} == {"my.flows-2"}

"""Which operators of a job hold state, each under an id that follows from what its state is.

Flink's own ids follow from the shape of the whole job, so that any edit which adds or removes an operator would lose
the state of all. Here an id is made of what the state consists of: the operator with its keys, windows and aggregates,
the rows it is given, and the keys and windows of those before it. What only computes, filters or hands on rows is no
part of it, so an edit there keeps the state; nor are the aggregates before it, since the planner drops those that no
analysis uses, and another analysis may use more.

The id is text, and a savepoint holds it: what a savepoint's state is can be read there without the job that wrote it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

# These hold no state in a savepoint, but decide what the state behind them means.
_SHAPES_STATE = ("LocalWindowAggregate", "LocalGroupAggregate", "WindowTableFunction", "Expand")
# Keeps the open files as state, although it has no key.
_FILE_WRITER = "StreamingFileWriter"
_KEYED = ("OneInputTransformation", "TwoInputTransformation", "KeyedMultipleInputTransformation")
_NODE_NUMBER = re.compile(r"^\[\d+\]:|\[\d+\]$")
# Names the planner makes up; their numbers follow from the whole job.
_MADE_UP = re.compile(r"(?<!\w)\$(?:f|cor)?\d+\b")
# What Flink stores of an id is bounded at 65,535 octets.
_LONGEST = 10_000
# Where an operator's keys, windows and conditions end, and what it makes of them begins.
_OUTCOME = ", select=["


@dataclass(frozen=True)
class StatefulOperator:
    """An operator with state: its id, and a digest of all that its state was made from, calculations included."""

    uid: str
    definition: str
    sinks: list[str] = field(default_factory=list)


@dataclass
class _Node:
    """A transformation of Flink's; digests of what it stands on, and its id if it holds state.

    `keys`: keys and windows up to here. `state`: the same, and how rows were aggregated since the last state.
    `definition`: everything.
    """

    transformation: object
    inputs: list[_Node]
    keys: str
    state: str
    definition: str
    in_one_task: bool
    uid: str | None = None
    sinks: list[str] = field(default_factory=list)


def assign_uids(j_environment, sinks: list[str], origin: str) -> list[StatefulOperator]:
    """Give each operator with state its id; `sinks` are the job's in order, `origin` is where its records come from."""
    roots = [root for root in j_environment.getTransformations() if _class(root) == "SinkTransformation"]
    nodes: dict[int, _Node] = {}
    for root, sink in zip(roots, sinks, strict=True):
        for node in _upstream(_visit(root, sink, origin, nodes)):
            node.sinks.append(sink)
    stateful = [node for node in nodes.values() if node.uid is not None]
    shared = Counter(node.uid for node in stateful)
    met: Counter[str] = Counter()
    for node in stateful:
        # Alike but for calculations: only these tell them apart. Alike in all, as a second scan is: their order does.
        if shared[node.uid] > 1:
            node.uid = f"{node.uid} {node.definition}"
        met[node.uid] += 1
        if met[node.uid] > 1:
            node.uid = f"{node.uid} {met[node.uid]}"
        node.transformation.setUid(node.uid)
    return [StatefulOperator(node.uid, node.definition, node.sinks) for node in stateful]


def saved_state(savepoint: str) -> dict[str, int]:
    """The state in a savepoint or checkpoint: octets by the id of its operator.

    An operator without an id of ours goes by Flink's; one that was saved without any state is left out.
    """
    from pyflink.java_gateway import get_gateway

    java = get_gateway().jvm
    storage = java.org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess
    stream = java.java.io.DataInputStream(
        storage.resolveCheckpointPointer(savepoint).getMetadataHandle().openInputStream()
    )
    try:
        class_loader = java.Thread.currentThread().getContextClassLoader()
        checkpoints = java.org.apache.flink.runtime.checkpoint.Checkpoints
        operators = checkpoints.loadCheckpointMetadata(stream, class_loader, savepoint).getOperatorStates()
    finally:
        stream.close()
    return {
        operator.getOperatorUid().orElse(operator.getOperatorID().toHexString()): operator.getStateSize()
        for operator in operators
        if operator.getStateSize()
    }


def _visit(transformation, sink: str, origin: str, nodes: dict[int, _Node]) -> _Node:
    """The node of a transformation; a writer of files does not know its table, so `sink` is what it is first met at."""
    number = transformation.getId()
    if number in nodes:
        return nodes[number]
    inputs = [_visit(before, sink, origin, nodes) for before in transformation.getInputs()]
    kind = _class(transformation)
    name = _NODE_NUMBER.sub("", transformation.getName())
    text = _NODE_NUMBER.sub("", transformation.getDescription() or name)
    keys, state, definition = (
        " ".join(dict.fromkeys(getattr(node, what) for node in inputs)) for what in ("keys", "state", "definition")
    )
    in_one_task = transformation.getMaxParallelism() == 1 or (
        kind != "PartitionTransformation" and any(node.in_one_task for node in inputs)
    )
    node = _Node(transformation, inputs, keys, state, _digest(_renamed(text), definition), in_one_task)
    if kind == "SourceTransformation":
        node.uid = node.keys = node.state = f"{name.rpartition('.')[2]} of {origin}"
    elif kind == "SinkTransformation" or name == _FILE_WRITER:
        node.uid = f"{sink}: {'files' if name == _FILE_WRITER else 'sink'}"
        # State of what can only run as one task cannot be given to several.
        if node.in_one_task:
            node.uid += " in one task"
    elif kind in _KEYED and transformation.getStateKeyType() is not None:
        rows = [before.getOutputType().toString() for before in transformation.getInputs()]
        *rows, text = _renamed("\n".join([*rows, text])).split("\n", len(rows))
        node.uid = f"{text[:_LONGEST]} {_digest(*rows, text, state)}"
        node.keys = node.state = _digest(text.partition(_OUTCOME)[0], keys)
    elif name in _SHAPES_STATE:
        node.state = _digest(_renamed(text), state)
    nodes[number] = node
    return node


def _upstream(node: _Node) -> Iterator[_Node]:
    """A node and all before it, each once."""
    seen, waiting = set(), [node]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += node.inputs


def _renamed(text: str) -> str:
    """`text` with the planner's names numbered in the order in which they occur."""
    names: dict[str, str] = {}
    return _MADE_UP.sub(lambda match: names.setdefault(match[0], f"${len(names)}"), text)


def _class(transformation) -> str:
    return transformation.getClass().getSimpleName()


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:12]

"""Which operators of a job hold state, each under an id that follows from what its state is.

Guarantee: with a tested version of Flink, an operator of an edited job goes on from saved state if and only if that
state was made by the same operator, from the same formulas over the columns of a record, and from the same rows: the
same conditions, keys and windows before it. It does not matter which other analyses are in the job. An edit that is
above an aggregate, such as a threshold, keeps its state; an edit below it starts a new state, and the old one is
dropped. The following edits keep all state, on purpose, and mix old with new until the old has passed: how a record is
read and timed, why it is rejected, and the code of Python functions. The ids are made from the English descriptions
that Flink's planner writes for people, which another version may word otherwise; so `api.refuse_untested` refuses to
plan with a version for which tests/golden/operator_ids.txt was not checked.

Flink's own ids follow from the shape of the whole job: any edit that adds or removes an operator would lose all state.
The planner cuts and prunes operators that analyses share, as all of them need; therefore conditions and calculations
are taken apart here and written out in the columns of a record. A formula that is written in another way is another
formula. An aggregate that an analysis shares with one that needs more of its columns, or more of its rows, is another
aggregate; what depends on it is kept.

The id is text, and a savepoint holds it: what a savepoint's state is can be read there without the job that wrote it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flowsift.engine.contract import REJECT_REASON
from flowsift.engine.flink.descriptions import UNREAD, conjuncts, parts_of, renamed, split, written_out
from flowsift.engine.flink.errors import flink_errors
from flowsift.engine.flink.jvm import jvm

if TYPE_CHECKING:
    from pyflink.datastream import StreamExecutionEnvironment

# These pass rows on, or do with each row alone what its columns and the conditions say.
_PASSES_ON = ("Calc", "Exchange", "Partition", "ConstraintEnforcer", "WatermarkAssigner", "TableToDataStream")
# Records enter here as the program passes them; what made them is not looked at.
_ENTRANCE = "DataStreamToTable"
# Keeps the open files as state, although it has no key.
_FILE_WRITER = "StreamingFileWriter"
# Operators of our own, of tables.in_one_task and with_shifts, that keep how far time had come, although without a key.
_OUR_OWN = {"time goes on": "time", "long flows": "time of shifts"}
_KEYED = ("OneInputTransformation", "TwoInputTransformation", "KeyedMultipleInputTransformation")
_NODE_NUMBER = re.compile(r"^\[\d+\]:|\[\d+\]$")
# What Flink stores of an id is bounded at 65,535 octets.
_LONGEST = 10_000
# Written out in full, a calculation on calculations may grow without bound.
_LONGEST_FORMULA = 100_000
_NAMED = re.compile(r"(.*) AS ([^()\[\]{}']+)", re.S)
# A window's own columns; the planner's description may name them wrongly.
_WINDOW = re.compile(r"window_(start|end|time)\d*")
# Parts of a description that say which columns there are, or say it by number; both follow from the whole job.
_LAYOUT = ("select", "invocation", "rowType", "projects")


@dataclass(frozen=True)
class StatefulOperator:
    """An operator with state: its id, and the sinks that depend on it."""

    uid: str
    sinks: list[str] = field(default_factory=list)


@dataclass
class _Node:
    """A transformation of Flink's, with the meaning of its rows, and its id if it holds state.

    `columns`: what each is calculated from. `conditions`: which hold for every row. `shape`: sources, keys and windows.
    """

    transformation: Any
    inputs: list[_Node]
    columns: dict[str, str]
    conditions: frozenset[str]
    shape: str
    in_one_task: bool
    uid: str | None = None
    sinks: list[str] = field(default_factory=list)


def assign_uids(streams: StreamExecutionEnvironment, sinks: list[str], origin: str) -> list[StatefulOperator]:
    """Give each operator with state its id; `sinks` are the job's in order, `origin` is where its records come from."""
    transformations = streams._j_stream_execution_environment.getTransformations()
    roots = [root for root in transformations if _class(root) == "SinkTransformation"]
    nodes: dict[int, _Node] = {}
    for root, sink in zip(roots, sinks, strict=True):
        for node in _upstream(_visit(root, sink, origin, nodes)):
            node.sinks.append(sink)
    operators: list[StatefulOperator] = []
    met: Counter[str] = Counter()
    for node in nodes.values():
        if node.uid is not None:
            # Alike in all, as a second scan is: any of them can go on from the state of any.
            met[node.uid] += 1
            uid = f"{node.uid} {met[node.uid]}" if met[node.uid] > 1 else node.uid
            node.transformation.setUid(uid)
            operators.append(StatefulOperator(uid, node.sinks))
    return operators


def saved_state(savepoint: str) -> dict[str, int]:
    """The state in a savepoint or checkpoint: octets by the id of its operator.

    An operator without an id of ours goes by Flink's; one that was saved without any state is left out. Raises
    FlinkError where nothing can be read.
    """
    with flink_errors():
        return _saved_state(savepoint)


def _saved_state(savepoint: str) -> dict[str, int]:
    java = jvm()
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
    parts = parts_of(text)
    known = _known(transformation, inputs)
    in_one_task = transformation.getMaxParallelism() == 1 or (
        kind != "PartitionTransformation" and any(node.in_one_task for node in inputs)
    )
    node = _Node(transformation, inputs, {}, *_rows(inputs), in_one_task)
    given = _digest(node.shape, *sorted(node.conditions))
    if kind == "SourceTransformation":
        node.uid = node.shape = f"{name.rpartition('.')[2]} of {origin}"
    elif name in _OUR_OWN:
        node.uid = f"{_OUR_OWN[name]} of {origin}"
    elif kind == "SinkTransformation" or name == _FILE_WRITER:
        node.uid = f"{sink}: {'files' if name == _FILE_WRITER else 'sink'}"
        # State of what can only run as one task cannot be given to several.
        if node.in_one_task:
            node.uid += " in one task"
    elif kind in _KEYED and transformation.getStateKeyType() is not None:
        rows = [before.getOutputType().toString() for before in transformation.getInputs()]
        *rows, described = renamed("\n".join([*rows, text])).split("\n", len(rows))
        node.uid = f"{described[:_LONGEST]} {_digest(*rows, described, renamed(written_out(text, known)), given)}"
    names = _names(transformation)
    if name == _ENTRANCE:
        node.conditions = frozenset()
    # The view in which records are judged is known by its column. Like those at the entrance its columns stand for
    # themselves, so that the rules may change without all state being lost.
    if name == _ENTRANCE or (REJECT_REASON in names and node.shape.endswith(f" of {origin}") and not node.conditions):
        node.columns, node.shape = {column: column for column in names}, f"records of {origin}"
    else:
        node.columns = _columns(names, name, parts, known)
    if name.endswith("Calc"):
        conditions = [parts[UNREAD]] if UNREAD in parts else conjuncts(parts.get("where", ""))
        node.conditions |= {renamed(written_out(condition, known)) for condition in conditions if condition}
    if inputs and not name.endswith(_PASSES_ON) and name != _ENTRANCE:
        made = [f"{part}={written_out(value, known)}" for part, value in parts.items() if part not in _LAYOUT]
        node.shape = _digest(renamed(" ".join([name, *made])), node.shape)
    nodes[number] = node
    return node


def _rows(inputs: list[_Node]) -> tuple[frozenset[str], str]:
    """Conditions and shape of what comes from these inputs; several together have a shape only."""
    if len(inputs) == 1:
        return inputs[0].conditions, inputs[0].shape
    return frozenset(), _digest(*(_digest(node.shape, *sorted(node.conditions)) for node in inputs))


def _known(transformation, inputs: list[_Node]) -> dict[str, str]:
    """What the columns of the inputs are calculated from, by the names they have in a description."""
    if len(inputs) == 1:
        return inputs[0].columns
    if _class(transformation) == "UnionTransformation":
        formulas = [" or ".join(same) for same in zip(*(node.columns.values() for node in inputs))]
    else:
        formulas = [f"{i}.{formula}" for i, node in enumerate(inputs) for formula in node.columns.values()]
    return dict(zip(_names(transformation), formulas))


def _columns(names: list[str], operator: str, parts: dict[str, str], known: dict[str, str]) -> dict[str, str]:
    """What each column that comes out of an operator is calculated from."""
    made: dict[str, list[str]] = {}
    for row in split(parts["projects"], ",") if "projects" in parts else [f"{{{parts.get('select', '')}}}"]:
        for item in split(row[1:-1], ","):
            named = _NAMED.fullmatch(item)
            made.setdefault(named[2] if named else item, []).append(named[1] if named else item)
    written = {column: " or ".join(written_out(item, known) for item in items) for column, items in made.items()}
    if operator.endswith("Aggregate"):
        # One may use another of the same operator, as the count of distinct values does.
        all_known = {**written, **known}
        written = {
            column: " or ".join(written_out(item, all_known) for item in items) for column, items in made.items()
        }
    columns = {}
    for column in names:
        if _WINDOW.fullmatch(column) and column not in known:
            columns[column] = column
        elif UNREAD in parts:
            columns[column] = f"{column} of {_digest(written_out(parts[UNREAD], known))}"
        else:
            columns[column] = written.get(column) or known.get(column) or f"{operator}.{column}"
    return {column: text if len(text) <= _LONGEST_FORMULA else _digest(text) for column, text in columns.items()}


def _names(transformation) -> list[str]:
    """The columns that come out of an operator, in order; none where they are not Flink's own rows."""
    rows = transformation.getOutputType()
    return list(rows.toRowFieldNames()) if _class(rows) == "InternalTypeInfo" else []


def _upstream(node: _Node) -> Iterator[_Node]:
    """A node and all before it, each once."""
    seen, waiting = set(), [node]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += node.inputs


def _class(transformation) -> str:
    return transformation.getClass().getSimpleName()


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:12]

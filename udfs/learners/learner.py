"""What learns from the rows of a query one after the other, and keeps what it has learned in Flink's state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from pyflink.common import Row, Types
from pyflink.datastream import KeyedProcessFunction, RuntimeContext
from pyflink.datastream.state import ValueStateDescriptor

from udfs.learners.plain_state import State, packed, unpacked

COLUMN_TYPES = {"STRING": Types.STRING(), "BIGINT": Types.LONG(), "DOUBLE": Types.DOUBLE()}


class Learner(NamedTuple):
    """A pure function `step(model, row)` that returns the next model and rows of `columns`, (name, type of SQL) each.

    `row` is a dict by column; types are those of COLUMN_TYPES. The first model is None.

    A savepoint holds a model as `save(model)` gives it: a dict of numpy arrays and of what JSON can hold. Whoever
    changes its names or meanings adds one to `version`. `load(version, content)` returns the model of what a version
    from `oldest` to `version` has saved; all others are refused before it is called. A loaded model must go on exactly
    as the saved one would have. `name` stays for ever; `learned` says what is lost without the state, in words.
    """

    name: str
    learned: str
    version: int
    step: Callable[[Any, dict[str, Any]], tuple[Any, Iterable[tuple]]]
    save: Callable[[Any], dict[str, Any]]
    load: Callable[[int, dict[str, Any]], Any]
    columns: tuple[tuple[str, str], ...]
    oldest: int = 1

    def row_type(self):
        """The columns as Flink's type of a row."""
        names, types = zip(*self.columns)
        return Types.ROW_NAMED(list(names), [COLUMN_TYPES[name] for name in types])


class UnreadableState(Exception):
    """Saved state that this release cannot read; the message is one line for the user, shown as it is."""


def saved(learner: Learner, model: Any) -> bytes:
    """A model as Flink keeps it."""
    return packed(State(learner.name, learner.version, learner.save(model)))


def loaded(learner: Learner, octets: bytes) -> Any:
    """The model that `saved` gave, of this version or an older one; raises UnreadableState where it cannot be read."""
    try:
        state = unpacked(octets)
    except ValueError:
        raise _unreadable(learner, "it is damaged, or from before states had versions") from None
    if state.name != learner.name:
        raise _unreadable(learner, f"it is of the learner {state.name}")
    if not learner.oldest <= state.version <= learner.version:
        reads = f"{learner.oldest} to {learner.version}" if learner.oldest < learner.version else f"{learner.version}"
        raise _unreadable(learner, f"it is of version {state.version}, and this release reads version {reads}")
    return learner.load(state.version, state.content)


def _unreadable(learner: Learner, why: str) -> UnreadableState:
    return UnreadableState(
        f"the saved state of {learner.name} cannot be read: {why}; to go on without it, and lose {learner.learned}, "
        "add --set UNREADABLE_STATE=forget"
    )


def all_alike(_row: Row) -> int:
    """The one key of all rows; here, since a cluster's workers have nothing but this package."""
    return 0


class Learning(KeyedProcessFunction):
    """A learner over a stream: a row has the values of `names`, and what comes of it has its time.

    Saved state that cannot be read fails the job with UnreadableState, or, if it `forgets`, counts as none.
    """

    def __init__(self, learner: Learner, names: list[str], *, forgets: bool = False) -> None:
        self._learner, self._names, self._forgets = learner, names, forgets

    def open(self, context: RuntimeContext) -> None:
        self._state = context.get_state(ValueStateDescriptor("model", Types.PRIMITIVE_ARRAY(Types.BYTE())))
        # What was saved last, and the model that it is of: to load it again for each row takes longer than to save it.
        self._octets, self._model = None, None

    def process_element(self, value: Row, context: KeyedProcessFunction.Context) -> Iterable[Row]:
        octets = self._state.value()
        if octets != self._octets:
            self._model = self._loaded(octets)
        self._model, rows = self._learner.step(self._model, dict(zip(self._names, value)))
        self._octets = saved(self._learner, self._model)
        self._state.update(self._octets)
        for row in rows:
            yield Row(*row)

    def _loaded(self, octets: bytes | None) -> Any:
        try:
            return None if octets is None else loaded(self._learner, octets)
        except UnreadableState:
            if not self._forgets:
                raise
            return None

"""What learns from the rows of a query one after the other, and keeps what it has learned in Flink's state."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from pyflink.common import Row, Types
from pyflink.datastream import KeyedProcessFunction, RuntimeContext
from pyflink.datastream.state import ValueStateDescriptor

COLUMN_TYPES = {"STRING": Types.STRING(), "BIGINT": Types.LONG(), "DOUBLE": Types.DOUBLE()}


class Learner(NamedTuple):
    """A pure function `step(model, row)` that returns the next model and rows of `columns`, (name, type of SQL) each.

    `row` is a dict by column; types are those of COLUMN_TYPES. The first model is None. A model is pickled by the name
    of its class.
    """

    step: Callable[[Any, dict[str, Any]], tuple[Any, Iterable[tuple]]]
    columns: tuple[tuple[str, str], ...]

    def row_type(self):
        """The columns as Flink's type of a row."""
        names, types = zip(*self.columns)
        return Types.ROW_NAMED(list(names), [COLUMN_TYPES[name] for name in types])


def all_alike(_row: Row) -> int:
    """The one key of all rows; here, since a cluster's workers have nothing but this package."""
    return 0


class Learning(KeyedProcessFunction):
    """A learner over a stream: a row has the values of `names`, and what comes of it has its time."""

    def __init__(self, learner: Learner, names: list[str]) -> None:
        self._learner, self._names = learner, names

    def open(self, context: RuntimeContext) -> None:
        self._state = context.get_state(ValueStateDescriptor("model", Types.PICKLED_BYTE_ARRAY()))

    def process_element(self, value: Row, context: KeyedProcessFunction.Context) -> Iterable[Row]:
        kept = self._state.value()
        model, rows = self._learner.step(kept and pickle.loads(kept), dict(zip(self._names, value)))
        self._state.update(pickle.dumps(model))
        for row in rows:
            yield Row(*row)

"""Tables and views of Flink's: their columns, and streams in their place."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from flowsift.engine.flink.errors import plain
from flowsift.engine.flink.jvm import jvm

if TYPE_CHECKING:
    from pyflink.table import Schema, StreamTableEnvironment, Table

    from udfs.learners.learner import Learner

# The name of the operator that spreads long flows.
LONG_FLOWS = "long flows"
# Beyond ten for each record, a task makes so many parts of them by the minute before it makes them by the day.
SPARE_SHIFTS = 1_000_000


def column_names(view: Table) -> list[str]:
    """The columns of a table or view."""
    return [column.getName() for column in _columns(view)]


def column_types(view: Table) -> list[tuple[str, str]]:
    """Name and type of each column of a view, as users write them."""
    return [(column.getName(), plain(_type(column).copy(True).asSerializableString())) for column in _columns(view)]


def physical_types(table: Table) -> list[tuple[str, str]]:
    """Name and type of each column of a table that its records have, as users write them."""
    return [
        (column.getName(), plain(_type(column).copy(True).asSerializableString()))
        for column in _columns(table)
        if column.isPhysical()
    ]


def column_definitions(view: Table, not_null: Collection[str]) -> str:
    """The columns of a view as a table that holds its rows defines them."""
    definitions = []
    for column in _columns(view):
        column_type = _type(column).copy(column.getName() not in not_null)
        definitions.append(f"`{column.getName()}` {column_type.asSerializableString()}")
    return ", ".join(definitions)


def time_columns(view: Table) -> list[str]:
    """The columns of a view that are event times with a watermark."""
    return [column.getName() for column in _columns(view) if "*ROWTIME*" in _type(column).asSummaryString()]


def expression_of(table: Table, name: str) -> str:
    """What a column of a table is computed from; its name if it is not computed."""
    [column] = [column for column in _columns(table) if column.getName() == name]
    return name if column.isPhysical() else column.getExpression().asSerializableString()


def translate_once(environment: StreamTableEnvironment, path: str) -> None:
    """Put the translated query of a view over its text.

    Flink would read the text again at every mention, with the texts of all views below, and would not see that what
    these unnest is the same each time.
    """
    query = environment.sql_query(f"SELECT * FROM {path}")
    environment.drop_temporary_view(path)  # where the file says TEMPORARY itself
    environment.create_temporary_view(path, query)


def stream_of(environment: StreamTableEnvironment, name: str) -> Any:
    """The rows of a view as a stream of Java's, in Flink's own form, so that nothing is converted."""
    records = environment.from_path(name)._j_table
    tables: Any = environment._j_tenv
    return tables.toDataStream(records, _own_form(records))


def put_stream(environment: StreamTableEnvironment, name: str, stream: Any, time: str) -> None:
    """Put the stream of its rows in the place of a view; all that is planned apart then shares it.

    `time` is its event time.
    """
    schema = _schema_of(environment.from_path(name)._j_table)
    schema.watermark(time, "SOURCE_WATERMARK()")
    tables: Any = environment._j_tenv
    tables.dropTemporaryView(name)
    tables.createTemporaryView(name, stream, schema.build()._j_schema)


def in_one_task(
    environment: StreamTableEnvironment, name: str, stream: Any, time: str, timeout_ms: int, delay_ms: int
) -> Any:
    """The stream of a view's rows brought together in one task, in which time goes on where no rows come.

    It may be silent for `timeout_ms`, and windows wait `delay_ms` for rows out of order; see QuietCloser.java.
    """
    at = column_names(environment.from_path(name)).index(time)
    closer = jvm().flowsift.format.QuietCloser(at, timeout_ms, delay_ms)
    # The method's name, global, is a keyword of Python.
    gathered = getattr(stream, "global")()
    return gathered.transform("time goes on", stream.getType(), closer).setParallelism(1)


def with_shifts(environment: StreamTableEnvironment, name: str, stream: Any) -> Any:
    """The stream of a view's rows in which long flows have shifts; see LongFlows.java."""
    row_type = _own_form(environment.from_path(name)._j_table).getLogicalType()
    spreader = jvm().flowsift.format.LongFlows(row_type, SPARE_SHIFTS)
    return stream.transform(LONG_FLOWS, stream.getType(), spreader).setParallelism(stream.getParallelism())


def count_records(
    environment: StreamTableEnvironment, name: str, stream: Any, columns: tuple[str, str, str], counts: str
) -> None:
    """Create the view `counts` over a view's stream: (record_minute INT, skip_reason STRING, records BIGINT).

    `columns` name how many were received, the time of the record, and why it is skipped; see RecordCounter.java.
    """
    names = column_names(environment.from_path(name))
    shape = environment.sql_query(
        "SELECT CAST(NULL AS INT) AS record_minute, CAST(NULL AS STRING) AS skip_reason, CAST(0 AS BIGINT) AS records"
    )._j_table
    row_type = jvm().org.apache.flink.table.runtime.typeutils.ExternalTypeInfo.of(_own_form(shape))
    counter = jvm().flowsift.format.RecordCounter(*(names.index(column) for column in columns))
    counted = stream.transform("counts", row_type, counter)
    tables: Any = environment._j_tenv
    tables.createTemporaryView(counts, counted, _schema_of(shape).build()._j_schema)


def _own_form(j_table: Any) -> Any:
    """The type of a table's rows in Flink's own form."""
    row = jvm().Class.forName("org.apache.flink.table.data.RowData")
    return j_table.getResolvedSchema().toPhysicalRowDataType().bridgedTo(row)


def make_learned(environment: StreamTableEnvironment, name: str, learner: Learner, *, forgets: bool) -> None:
    """Put what a learner makes of a view's rows in the place of the view.

    One task learns, since what is learned is of all rows; what comes of a row has its event time. If it `forgets`,
    saved state that it cannot read counts as none.
    """
    from pyflink.common import Types
    from pyflink.table import Schema

    from udfs.learners.learner import Learning, all_alike

    table = environment.from_path(name)
    learned = (
        environment.to_data_stream(table)
        .key_by(all_alike, key_type=Types.INT())
        .process(Learning(learner, column_names(table), forgets=forgets), learner.row_type())
        .set_parallelism(1)
        .name(f"learner {learner.name}")
    )
    schema = Schema.new_builder()
    for column, column_type in learner.columns:
        schema.column(column, column_type)
    schema.column_by_metadata("rowtime", "TIMESTAMP_LTZ(3)")
    schema.watermark("rowtime", "SOURCE_WATERMARK()")
    environment.drop_temporary_view(name)
    environment.create_temporary_view(name, learned, schema.build())


def _columns(view: Table) -> Any:
    """The resolved columns of a table or view, Java's."""
    return view._j_table.getResolvedSchema().getColumns()


def _type(column: Any) -> Any:
    return column.getDataType().getLogicalType()


def _schema_of(j_table: Any) -> Schema.Builder:
    """A schema builder with the columns of a table of Java's."""
    from pyflink.table import Schema

    schema = Schema.new_builder()
    for column in j_table.getResolvedSchema().getColumns():
        schema.column(column.getName(), _type(column).asSerializableString())
    return schema

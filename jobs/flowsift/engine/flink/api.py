"""The parts of Flink's Python API that we use, in our words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from flowsift.catalog.library import SQL_ROOT
from flowsift.engine.flink.errors import plain, reason
from flowsift.engine.flink.jvm import jvm
from flowsift.errors import UserError

PROJECT_ROOT = SQL_ROOT.parent
CONNECTOR_JARS = PROJECT_ROOT / "docker" / "jars" / "connectors"

SETTINGS = {
    # Shared views are planned once and their rows computed once; a scan serves every statement.
    "table.optimizer.reuse-optimize-block-with-digest-enabled": "true",
    # Operators of one chain hand rows on without copying them; all of them are the planner's own.
    "pipeline.object-reuse": "true",
    "execution.checkpointing.interval": "10 s",
    "python.fn-execution.bundle.size": "10000",
    "python.fn-execution.arrow.batch.size": "10000",
}


_ZONE = "table.local-time-zone"


@contextmanager
def blamed_on(what: str) -> Iterator[None]:
    """Turn an error of Flink into one line about `what`."""
    from py4j.protocol import Py4JError
    from pyflink.util.exceptions import JavaException

    try:
        yield
    except (Py4JError, JavaException) as error:
        raise UserError(f"{what}: {reason(error)}") from error


def column_names(view) -> list[str]:
    """The columns of a table or view."""
    return [column.getName() for column in columns_of(view)]


def column_types(view) -> list[tuple[str, str]]:
    """Name and type of each column of a view, as users write them."""
    return [
        (column.getName(), plain(column.getDataType().getLogicalType().copy(True).asSerializableString()))
        for column in columns_of(view)
    ]


def column_definitions(view, not_null: Collection[str]) -> str:
    """The columns of a view as a table that holds its rows defines them."""
    definitions = []
    for column in columns_of(view):
        column_type = column.getDataType().getLogicalType().copy(column.getName() not in not_null)
        definitions.append(f"`{column.getName()}` {column_type.asSerializableString()}")
    return ", ".join(definitions)


def columns_of(view):
    """The resolved columns of a table or view, Java's."""
    return view._j_table.getResolvedSchema().getColumns()


def schema_of(j_table):
    """A schema builder with the columns of a table of Java's."""
    from pyflink.table import Schema

    schema = Schema.new_builder()
    for column in j_table.getResolvedSchema().getColumns():
        schema.column(column.getName(), column.getDataType().getLogicalType().asSerializableString())
    return schema


def in_utc(settings: dict[str, str]) -> dict[str, str]:
    """These settings on top of ours; raises UserError for a time zone, since windows and what is learned are in UTC."""
    zone = settings.get(_ZONE, "UTC")
    if zone != "UTC":
        raise UserError(f"{_ZONE}: all times are UTC, got {zone!r}; leave it out")
    return {**SETTINGS, _ZONE: zone, **settings}


def environments(settings: dict[str, str], jars: Collection[Path]):
    """(stream environment, table environment) with these settings on top of ours, and these jars."""
    from pyflink.common import Configuration
    from pyflink.datastream import StreamExecutionEnvironment
    from pyflink.table import EnvironmentSettings, StreamTableEnvironment

    jvm()  # the first of Flink's own calls would start one that is not tied to this process
    configuration = Configuration()
    for key, value in in_utc(settings).items():
        configuration.set_string(key, value)
    streams = StreamExecutionEnvironment.get_execution_environment(configuration)
    if jars:  # added and not set, since `flink run` has put Flink's own jar for Python there
        streams.add_jars(*(jar.as_uri() for jar in jars))
    tables = EnvironmentSettings.new_instance().in_streaming_mode().with_configuration(configuration).build()
    return streams, StreamTableEnvironment.create(streams, tables)

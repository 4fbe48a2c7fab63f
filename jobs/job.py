"""Build the one Flink job of a run: every analysis asked for, over one scan for records and one for the ledger."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jobs.endpoints import FileInput, FileOutput, KafkaInput, KafkaOutput, options
from jobs.errors import UserError
from jobs.library import OWN_PARAMETERS, SQL_ROOT, Library, SqlFile

PROJECT_ROOT = SQL_ROOT.parent
CONNECTOR_JARS = PROJECT_ROOT / "docker" / "jars" / "connectors"
# Read as a tree, a line is a record or it is not. Read as a stream, a line with a fault in a field may still become a
# record, and the ledger would count it twice.
_RECORD_FORMAT = {
    "format": "json",
    "json.ignore-parse-errors": "true",
    "json.decode.json-parser.enabled": "false",
}
_RECORD_TABLE = {"scan.watermark.emit.strategy": "on-event"}
_EVENT_TIME = re.compile(r"event_time AS (.*),\s+WATERMARK FOR event_time AS (.*)\n\) LIKE", re.S)
_LINE_FORMAT = {"format": "raw"}

_OWN_PARAMETERS = {name: default for name, (_, default) in OWN_PARAMETERS.items()}
# What SQL files mention and no user sets.
_GIVEN_AT_START = ("INPUT", "POSITION", "RECORD_TIME_MS", "FLOW_END_MS", "LINES")
_CHOICES = {"CLOCK": {"event", "arrival"}}

SETTINGS = {
    # Shared views are planned once and their rows computed once; a scan serves every statement.
    "table.optimizer.reuse-optimize-block-with-digest-enabled": "true",
    # Operators of one chain hand rows on without copying them; all of them are the planner's own.
    "pipeline.object-reuse": "true",
    "execution.checkpointing.interval": "10 s",
    "python.fn-execution.bundle.size": "10000",
    "python.fn-execution.arrow.batch.size": "10000",
}


@dataclass(frozen=True)
class Run:
    """What a user asked for."""

    source: str
    input: FileInput | KafkaInput
    output: FileOutput | KafkaOutput
    analyses: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)


class Job:
    """The job of a run: planned on creation, executed by `submit`.

    Raises UserError for whatever the user can mend.
    """

    def __init__(self, run: Run, library: Library, settings: dict[str, str]) -> None:
        self.run = run
        accounting = list(library.folder("accounting").values())
        self.sinks: list[SqlFile] = library.analyses(run.analyses) + accounting
        source = library.source(run.source)
        lines = library.lines(source)
        is_view = source.defines()[0] == "VIEW"
        # The columns of a table may be named like views, and are none.
        files = (
            library.needed([lines, source, *self.sinks]) if is_view else [source, *library.needed([lines, *self.sinks])]
        )
        values = self._values(source, files)
        self._idle_timeout_s = values["IDLE_TIMEOUT_SECONDS"]
        with _blamed_on("Flink refused the settings"):
            self.environment = _environment(settings, self._name())
        self.environment.execute_sql("CREATE DATABASE sources")
        expressions = {"POSITION": run.input.position, "RECORD_TIME_MS": run.input.record_time_ms, "LINES": lines.name}
        self._execute(lines, f"CREATE TABLE input_messages (message BYTES) WITH ({self._input_options(_LINE_FORMAT)})")
        for file in files:
            if file.name == "records_in" and is_view:
                with _blamed_on(str(file.path)):
                    self._time_records(source, file, values, expressions)
                continue
            self._execute(file, file.statement(values, expressions))
            if file is source:
                expressions["FLOW_END_MS"] = self._expression(source, "flow_end_ms")
                if not is_view:
                    self._bind_records(source)
            elif file.name == "timed_records" and self._may_fall_silent:
                with _blamed_on(str(file.path)):
                    self._judge_in_one_task()
        self._statements = self.environment.create_statement_set()
        self.environment.execute_sql("CREATE DATABASE sinks")
        for file in self.sinks:
            self._add_sink(file)

    def _name(self) -> str:
        return f"flowsift {', '.join(self.run.analyses) or 'all analyses'} over {self.run.input.name}"

    def _values(self, source: SqlFile, files: list[SqlFile]) -> dict[str, str]:
        defaults = _OWN_PARAMETERS | {n: d for file in files for n, d in file.parameters.items()}
        for name in _GIVEN_AT_START:
            defaults.pop(name, None)
        unknown = sorted(self.run.parameters.keys() - defaults.keys())
        if unknown:
            raise UserError(f"unknown parameter: {', '.join(unknown)}; there are: {', '.join(sorted(defaults))}")
        for name, value in self.run.parameters.items():
            _check_value(name, value, defaults[name])
        return {
            **_OWN_PARAMETERS,
            "INPUT": self.run.input.name,
            "WATERMARK_DELAY_SECONDS": str(self.run.input.delay_s or source.header["delay"][0].split()[0]),
            **self.run.parameters,
        }

    def _bind_records(self, source: SqlFile) -> None:
        """Put the source's table on the input."""
        self._execute(
            source,
            f"CREATE TABLE input_records WITH ({self._input_options(_RECORD_FORMAT, _RECORD_TABLE)}) "
            f"LIKE sources.{source.name}",
        )

    def _time_records(
        self, source: SqlFile, records_in: SqlFile, values: dict[str, str], expressions: dict[str, str]
    ) -> None:
        """Make `records_in` of a source that is a view: only a stream, not a view, can be given a new event time."""
        rows = self.environment.sql_query(f"SELECT * FROM sources.{source.name}")
        time_and_watermark = _EVENT_TIME.search(records_in.statement(values, expressions))
        schema = _schema(rows._j_table)
        schema.column_by_expression("event_time", time_and_watermark[1])
        schema.watermark("event_time", time_and_watermark[2])
        stream = self.environment.to_data_stream(rows)
        self.environment.create_temporary_view("records_in", stream, schema.build())

    def _judge_in_one_task(self) -> None:
        """Bring the records of all partitions together before it is judged what is late.

        A task that reads a silent partition does not know how far the others have come, and a window does not wait for
        a task that is idle: what either lets pass may be dropped. One task knows the watermark of all, and no window
        behind it is ahead of it.
        """
        from pyflink.java_gateway import get_gateway

        records = self.environment.from_path("timed_records")._j_table
        schema = _schema(records)
        schema.watermark("flow_end", "SOURCE_WATERMARK()")
        # Rows stay in Flink's own form, so that nothing is converted.
        row = get_gateway().jvm.Class.forName("org.apache.flink.table.data.RowData")
        row_type = records.getResolvedSchema().toPhysicalRowDataType().bridgedTo(row)
        environment = self.environment._j_tenv
        stream = environment.toDataStream(records, row_type)
        # The method's name, global, is a keyword of Python.
        stream = getattr(stream, "global")()
        stream.getTransformation().setParallelism(1)
        environment.dropTemporaryView("timed_records")
        environment.createTemporaryView("timed_records", stream, schema.build()._j_schema)

    @property
    def _may_fall_silent(self) -> bool:
        return not self.run.input.bounded and float(self._idle_timeout_s) > 0

    def _input_options(self, format_options: dict[str, str], table_options: dict[str, str] | None = None) -> str:
        waiting = {"scan.watermark.idle-timeout": f"{self._idle_timeout_s} s"} if self._may_fall_silent else {}
        return options(self.run.input.options(format_options) | waiting | (table_options or {}))

    def _expression(self, source: SqlFile, column: str) -> str:
        """What a computed column of the source stands for, in its physical columns."""
        for candidate in self.environment.from_path(f"sources.{source.name}")._j_table.getResolvedSchema().getColumns():
            if candidate.getName() == column:
                return column if candidate.isPhysical() else candidate.getExpression().asSerializableString()
        raise UserError(f"{source.path}: must define the column {column}")

    def _add_sink(self, file: SqlFile) -> None:
        view = self.environment.from_path(file.name)
        columns, with_options = self.run.output.sink(file.name, _columns(view, file.key), file.key)
        self._execute(file, f"CREATE TABLE sinks.{file.name} ({columns}) WITH ({options(with_options)})")
        rows = f"SELECT * FROM {file.name}"
        if file.key and isinstance(self.run.output, FileOutput):
            rows = _latest_values(file.name, _names(view))
        with _blamed_on(str(file.path)):
            self._statements.add_insert_sql(f"INSERT INTO sinks.{file.name} {rows}")

    def _execute(self, file: SqlFile, statement: str) -> None:
        with _blamed_on(str(file.path)):
            self.environment.execute_sql(statement)

    def plan(self) -> str:
        """Flink's plan of the job as text."""
        with _blamed_on("Flink cannot plan the job"):
            return self._statements.explain()

    def submit(self):
        """Start the job; returns Flink's TableResult."""
        with _blamed_on("Flink refused the job"):
            return self._statements.execute()


def wait(result) -> None:
    """Wait for a submitted job; raises UserError if it fails."""
    with _blamed_on("the job failed"):
        result.wait()


def _environment(settings: dict[str, str], name: str):
    from pyflink.common import Configuration
    from pyflink.datastream import StreamExecutionEnvironment
    from pyflink.table import EnvironmentSettings, StreamTableEnvironment

    configuration = Configuration()
    for key, value in {
        **SETTINGS,
        "table.local-time-zone": "UTC",
        "pipeline.name": name,
        **settings,
    }.items():
        configuration.set_string(key, value)
    jars = sorted(CONNECTOR_JARS.glob("*.jar"))
    if jars:
        configuration.set_string("pipeline.jars", ";".join(jar.as_uri() for jar in jars))
    return StreamTableEnvironment.create(
        StreamExecutionEnvironment.get_execution_environment(configuration),
        EnvironmentSettings.new_instance().in_streaming_mode().with_configuration(configuration).build(),
    )


def udfs_archive(folder: Path) -> Path:
    """A zip of the functions in `folder`, for Flink to ship to its workers."""
    path = folder / "udfs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for module in sorted((PROJECT_ROOT / "udfs").glob("*.py")):
            archive.write(module, f"udfs/{module.name}")
    return path


def _schema(j_table):
    """A schema builder with the columns of a table of Java's."""
    from pyflink.table import Schema

    schema = Schema.new_builder()
    for column in j_table.getResolvedSchema().getColumns():
        schema.column(column.getName(), column.getDataType().getLogicalType().asSerializableString())
    return schema


def _names(view) -> list[str]:
    return [column.getName() for column in view._j_table.getResolvedSchema().getColumns()]


def _columns(view, key: list[str]) -> str:
    """Column definitions of a sink for the rows of a view."""
    columns = []
    for column in view._j_table.getResolvedSchema().getColumns():
        column_type = column.getDataType().getLogicalType().copy(column.getName() not in key)
        columns.append(f"`{column.getName()}` {column_type.asSerializableString()}")
    return ", ".join(columns)


def _latest_values(view: str, columns: list[str]) -> str:
    """Rows of an updating view as a log in which the last row of a key counts, for sinks that only append."""
    names = ", ".join(f"`{name}`" for name in columns)
    return f"SELECT {names} FROM TO_CHANGELOG(input => TABLE {view}) WHERE op IN ('INSERT', 'UPDATE_AFTER')"


def _check_value(name: str, value: str, default: str | None) -> None:
    """Raise UserError unless a parameter's value is of the kind of its default."""
    if name in _CHOICES and value not in _CHOICES[name]:
        raise UserError(f"--set {name}: {value!r} is none of {', '.join(sorted(_CHOICES[name]))}")
    if name not in _CHOICES and (default is None or default.replace(".", "", 1).isdigit()):
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not (number > 0 if name.endswith("THRESHOLD") else number >= 0) or number == float("inf"):
            raise UserError(f"--set {name}: expected a number from 0 up (a threshold: above 0), got {value!r}")


@contextmanager
def _blamed_on(what: str) -> Iterator[None]:
    """Turn an error of Flink into one line about `what`."""
    from py4j.protocol import Py4JError
    from pyflink.util.exceptions import JavaException

    try:
        yield
    except (Py4JError, JavaException) as error:
        raise UserError(f"{what}: {reason(error)}") from error


def reason(error: Exception) -> str:
    """The innermost cause of a Java error, in one line."""
    causes = [line.strip() for line in str(error).splitlines() if line.strip().startswith(("Caused by:", ": "))]
    text = causes[-1] if causes else str(error).splitlines()[0]
    return text.removeprefix("Caused by:").removeprefix(":").strip().split(": ", 1)[-1]

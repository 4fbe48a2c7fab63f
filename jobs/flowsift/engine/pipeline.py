"""The objects of SQL files in Flink, over one source and one input."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from flowsift.catalog import lint
from flowsift.catalog.file import SqlFile, Statement
from flowsift.catalog.library import Library
from flowsift.catalog.parameters import kind_of
from flowsift.engine.contract import (
    COUNTED_COLUMNS,
    ENGINE_PARAMETERS,
    FLOW_END,
    FLOW_END_MS,
    FORMAT_COLUMNS,
    FUNCTIONS,
    GIVEN,
    GIVEN_FLOW_END,
    GIVEN_INPUT,
    GIVEN_POSITION,
    GIVEN_RECORD_TIME,
    GIVEN_SKIP_REASON,
    IDLE_TIMEOUT,
    INPUT_RECORDS,
    OPTIONAL_COLUMNS,
    RECORD_COUNTS,
    RECORD_FIELDS,
    SINKS_DATABASE,
    SOURCES_DATABASE,
    SPREAD_FLOWS,
    SPREAD_LONG_FLOWS,
    TIME_ZONE,
    TIMED_RECORDS,
    UNREADABLE_STATE,
    WATERMARK_DELAY,
)  # fmt: skip
from flowsift.engine.endpoints import FileInput, FolderInput, KafkaInput, options
from flowsift.engine.flink.api import environments, is_time_zone
from flowsift.engine.flink.errors import FlinkError, Names, blamed_on, causes, diagnose, explain, flink_errors
from flowsift.engine.flink.tables import (
    column_definitions,
    column_names,
    count_records,
    expression_of,
    in_one_task,
    make_learned,
    physical_types,
    put_stream,
    stream_of,
    time_columns,
    translate_once,
    with_shifts,
)
from flowsift.engine.source_table import refuse_faults, skip_reason
from flowsift.errors import Problem, Problems, UserError

_MOST_REPAIRS = 20


class Pipeline:
    """A planner that knows a source, an input and the objects created so far.

    What is wrong with a file is added to `problems`, and what needs it is left out and added to `left_out`.
    """

    def __init__(
        self,
        library: Library,
        source: str,
        records: FileInput | FolderInput | KafkaInput,
        settings: dict[str, str],
        *,
        jars: Collection[Path] = (),
        keeps_plans: bool = False,
    ) -> None:
        self.library, self.input = library, records
        self.source = library.source(source)
        self.problems: list[Problem] = []
        self.left_out: list[SqlFile] = []
        self.script: list[str] = []
        self._keeps_plans = keeps_plans
        # Flink's plans of what learners read, by their files' names, where plans are kept.
        self.learned_from: dict[str, str] = {}
        self._broken: set[str] = set()
        self._values: dict[str, str] = {}
        self._counts = False
        self.spreads = False
        with blamed_on("Flink refused the settings"):
            self.streams, self.environment = environments(settings, jars)
        self.run(f"CREATE DATABASE {SOURCES_DATABASE}")
        self.run(f"CREATE DATABASE {SINKS_DATABASE}")
        for function, java_class in FUNCTIONS.items():
            self.run(f"CREATE TEMPORARY SYSTEM FUNCTION {function} AS 'flowsift.functions.{java_class}'")
        self._expressions: dict[str, str] = {}

    def set(self, parameters: dict[str, str], files: list[SqlFile]) -> None:
        """Give parameters their values; raises UserError for one that no file has, or a value of the wrong kind."""
        defaults = {name: default for name, (_, default) in ENGINE_PARAMETERS.items()}
        defaults |= {name: default for file in files for name, default in file.parameters.items()}
        by_engine = {name for file in files for name in file.given}
        self._refuse_unknown_givens(files)
        defaults = {name: default for name, default in defaults.items() if name not in by_engine}
        unknown = sorted(parameters.keys() - defaults.keys())
        if unknown:
            raise UserError(f"unknown parameter: {', '.join(unknown)}; there are: {', '.join(sorted(defaults))}")
        kinds = {name: kind_of(meaning) for name, (meaning, _) in ENGINE_PARAMETERS.items()}
        kinds |= {name: kind for file in files for name, kind in file.kinds.items()}
        values = {name: default for name, default in defaults.items() if default is not None} | parameters
        for name, value in values.items():
            if name in kinds:
                kinds[name].check(name, value)
        if not is_time_zone(values[TIME_ZONE]):
            raise UserError(
                f"--set {TIME_ZONE}: expected a zone such as UTC, Europe/Berlin or +02:00, got {values[TIME_ZONE]!r}"
            )
        self._values = {
            GIVEN_INPUT: self.input.name,
            WATERMARK_DELAY: str(self.input.delay_s or self.source.delay_s),
            **values,
        }
        self._counts = any(RECORD_COUNTS in file.references.tables for file in files)
        reads_spread = any(SPREAD_FLOWS in file.references.tables for file in files)
        self.spreads = reads_spread and self._values[SPREAD_LONG_FLOWS] == "on"
        given = self._values.keys() | by_engine
        if missing := dict.fromkeys(name for file in files for name in file.missing(given)):
            raise UserError(f"no value for {', '.join(missing)}; give each with --set NAME=VALUE")

    def _refuse_unknown_givens(self, files: list[SqlFile]) -> None:
        unknown = [(file, name) for file in files for name in sorted(file.given - set(GIVEN))]
        if unknown:
            message = (
                "the engine does not give {}; it gives {}; a parameter of your own is a line: -- params: {}  KIND: …"
            )
            raise Problems(
                [
                    Problem(file.path, *file.find_header("given", name), message.format(name, ", ".join(GIVEN), name))
                    for file, name in unknown
                ]
            )

    def is_there(self, name: str) -> bool:
        """Whether the object of a file was created."""
        return name not in self._broken

    def create(self, files: list[SqlFile]) -> None:
        """Create the objects of these files; each must come after what it needs."""
        if not self._expressions:
            self._begin()
        has_learner = any(file.learner for file in files)
        for file in files:
            if wrong := lint.faults(file):
                self.problems += wrong
                self._set_broken(file)
            elif self._reads_broken(file):
                self.left_out.append(file)
                self._set_broken(file)
            elif self._execute(file.statement(self._values, self._expressions)):
                self._bind(file)
                if file.name == TIMED_RECORDS and self._needs_stream(has_learner):
                    with blamed_on(str(file.path)):
                        self._read_once()
            else:
                self._set_broken(file)

    def _reads_broken(self, file: SqlFile) -> bool:
        return bool((file.references.tables | {name.lower() for name in file.references.calls}) & self._broken)

    def _set_broken(self, file: SqlFile) -> None:
        # A source may be named like a view; what needs a source needs the table that is made of it.
        self._broken.add(INPUT_RECORDS if file is self.source else file.name)
        if file.name == TIMED_RECORDS:
            self._broken.add(RECORD_COUNTS)

    def _begin(self) -> None:
        self._expressions = {
            GIVEN_POSITION: self.input.position,
            GIVEN_RECORD_TIME: self.input.record_time_ms,
            GIVEN_SKIP_REASON: skip_reason(self.source),
        }

    def _execute(self, statement: Statement) -> bool:
        """Execute a file's statement; returns whether its object is there.

        What Flink finds is added to `problems`. Where a misspelt name is plain, the statement is tried again with the
        right one, so that what comes after it is found as well.
        """
        for _ in range(_MOST_REPAIRS):
            try:
                with flink_errors():
                    self.environment.execute_sql(statement.text)
            except FlinkError as error:
                diagnosis = diagnose(error, statement, self._names(statement.file))
                self.problems.append(diagnosis.problem(statement))
                if diagnosis.instead is None or diagnosis.span is None:
                    break
                statement = statement.replaced(diagnosis.span, diagnosis.instead)
            else:
                self.script.append(statement.text)
                if statement.file.is_view:
                    with blamed_on(str(statement.file.path)):
                        translate_once(self.environment, self._path(statement.file))
                return True
        return False

    def _path(self, file: SqlFile) -> str:
        return f"{SOURCES_DATABASE}.{file.name}" if file.role == "source" else file.name

    def has_its_columns(self, file: SqlFile) -> bool:
        """Whether the columns are there that a file's header names; if not, that is added to `problems`."""
        there = column_names(self.environment.from_path(file.name))
        try:
            order = file.order
        except ValueError as error:
            self.problems.append(Problem(file.path, *file.find_header("order"), str(error)))
            return False
        found = [
            Problem(file.path, *file.find_header(key, name), f"no column {name}{lint.nearest(name, there)}")
            for key, named in (("columns", file.explained("columns")), ("order", order))
            for name, _ in named
            if name not in there
        ]
        if strange := sorted(set(file.key) - set(there)):
            message = f"the key names no column: {', '.join(strange)}"
            found.append(Problem(file.path, *file.find_header("key"), message))
        elif len(set(file.key)) < len(file.key):
            found.append(Problem(file.path, *file.find_header("key"), "the key names a column twice"))
        self.problems += found
        return not found

    def plan(self, file: SqlFile, insert: str) -> str | None:
        """Flink's plan of an INSERT of a file's rows; None if it has none, and then why is added to `problems`."""
        try:
            with flink_errors():
                return self.environment.explain_sql(insert)
        except FlinkError as error:
            message, pattern = explain(causes(error)[-1])
            place = (pattern and file.find(pattern)) or file.find(r"\bSELECT\b") or (1, 1)
            self.problems.append(Problem(file.path, *place, message))
            return None

    def run(self, sql: str) -> None:
        """Execute a statement of our own."""
        self.environment.execute_sql(sql)
        self.script.append(sql)

    def stand_in(self, name: str) -> None:
        """Put a table of the same columns and times in the place of a view: what depends on it is planned faster."""
        view = self.environment.from_path(name)
        columns, times = column_definitions(view, not_null=()), time_columns(view)
        self.environment.drop_temporary_view(name)
        self.run(f"DROP VIEW {name}")
        watermarks = "".join(f", WATERMARK FOR {time} AS {time}" for time in times)
        self.run(f"CREATE TABLE {name} ({columns}{watermarks}) WITH ('connector' = 'datagen')")

    def raise_problems(self) -> None:
        """Raise what is wrong, if anything is."""
        if self.problems:
            raise Problems(self.problems)

    def _names(self, file: SqlFile) -> Names:
        tables = set(self.environment.list_tables())
        # Of a file's own words only those that name its results are known to be right.
        own, columns = set(re.findall(r"\bAS\s+`?([a-z]\w*)", file.text)), set()
        for table in file.references.tables & tables:
            columns |= set(column_names(self.environment.from_path(table)))
        if re.search(r"WINDOW|DESCRIPTOR", file.text.upper()):
            columns |= {"window_start", "window_end", "window_time"}
        return Names(columns, own - columns, tables, {name.upper() for name in self.environment.list_functions()})

    def _bind(self, file: SqlFile) -> None:
        if file is self.source:
            self._read_source()
        elif file.learner:
            query = f"SELECT * FROM {file.name}"
            try:
                with blamed_on(str(file.path)):
                    if self._keeps_plans:
                        self.learned_from[file.name] = self.environment.explain_sql(query)
                    forgets = self._values[UNREADABLE_STATE] == "forget"
                    learner = lint.python_object(file.learner)
                    make_learned(self.environment, file.name, learner, forgets=forgets)
            except UserError:
                # Flink says where the fault of a query is, but not when it is to become a stream.
                if self.plan(file, query) is not None:
                    raise
                self._set_broken(file)

    def _read_once(self) -> None:
        """Put a stream in the place of the records, which all that is planned apart, as learners are, then share.

        What was received is counted on that stream where a file asks for it, not in a window: that might drop a record.
        Where partitions may fall silent, the stream brings the records of all of them together before it is judged what
        is late. A task that reads a silent partition does not know how far the others have come, and a window does not
        wait for a task that is idle: what either lets pass may be dropped. One task knows the watermark of all, and no
        window behind it is ahead of it. Where all are silent it lets time go on.
        """
        stream = stream_of(self.environment, TIMED_RECORDS)
        if self._counts:
            count_records(self.environment, TIMED_RECORDS, stream, COUNTED_COLUMNS, RECORD_COUNTS)
        if self.may_fall_silent:
            timeout_ms, delay_ms = (int(1_000 * float(self._values[name])) for name in (IDLE_TIMEOUT, WATERMARK_DELAY))
            stream = in_one_task(self.environment, TIMED_RECORDS, stream, FLOW_END, timeout_ms, delay_ms)
        if self.spreads:
            stream = with_shifts(self.environment, TIMED_RECORDS, stream)
        put_stream(self.environment, TIMED_RECORDS, stream, FLOW_END)

    def _needs_stream(self, has_learner: bool) -> bool:
        return self.may_fall_silent or has_learner or self._counts or self.spreads

    @property
    def may_fall_silent(self) -> bool:
        """Whether partitions may be silent while others go on."""
        return not self.input.bounded and float(self._values[IDLE_TIMEOUT]) > 0

    def _read_source(self) -> None:
        """Put the input behind the source's table, with NULL for what its records do not have."""
        file, path = self.source, f"{SOURCES_DATABASE}.{self.source.name}"
        table = self.environment.from_path(path)
        there = column_names(table)
        refuse_faults(file, there, physical_types(table))
        absent = [f"{name} AS CAST(NULL AS {kind})" for name, kind in OPTIONAL_COLUMNS.items() if name not in there]
        with blamed_on(str(file.path)):
            self._expressions[GIVEN_FLOW_END] = expression_of(table, FLOW_END_MS)
        self.run(
            f"CREATE TABLE {INPUT_RECORDS} ({', '.join([FORMAT_COLUMNS, *absent])}) "
            f"WITH ({self._input_options()}) LIKE {path}"
        )
        for condition, _ in file.skips:
            try:
                with flink_errors():
                    self.environment.sql_query(f"SELECT * FROM {INPUT_RECORDS} WHERE {condition}")
            except FlinkError as error:
                message, _ = explain(causes(error)[-1])
                self.problems.append(Problem(file.path, *file.find_header("skips", condition), message))
                self._set_broken(file)

    def _input_options(self) -> str:
        timeout = f"{self._values[IDLE_TIMEOUT]} s"
        waiting = {"scan.watermark.idle-timeout": timeout} if self.may_fall_silent else {}
        record_format = {**self.source.record_format, "zone": self._values[TIME_ZONE]}
        if fields := self._values[RECORD_FIELDS]:
            record_format["fields"] = fields
        return options({**self.input.options(record_format), "scan.watermark.emit.strategy": "on-event", **waiting})

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
    ENGINE_PARAMETERS,
    EVENT_TIME,
    FLOW_END,
    FLOW_END_MS,
    GIVEN,
    GIVEN_ARRIVAL,
    GIVEN_FLOW_END,
    GIVEN_INPUT,
    GIVEN_LINES,
    GIVEN_POSITION,
    GIVEN_RECORD_TIME,
    IDLE_TIMEOUT,
    INPUT_MESSAGES,
    INPUT_RECORDS,
    RECORDS_IN,
    SINKS_DATABASE,
    SOURCES_DATABASE,
    TIMED_RECORDS,
    UNREADABLE_STATE,
    WATERMARK_DELAY,
)  # fmt: skip
from flowsift.engine.endpoints import FileInput, KafkaInput, options
from flowsift.engine.flink.api import environments
from flowsift.engine.flink.errors import FlinkError, Names, blamed_on, causes, diagnose, explain, flink_errors
from flowsift.engine.flink.tables import (
    column_definitions,
    column_names,
    create_timed,
    expression_of,
    make_learned,
    make_stream,
    time_columns,
    translate_once,
)
from flowsift.errors import Problem, Problems, UserError

# Read as a tree, a line is a record or it is not. Read as a stream, a line with a fault in a field may still become a
# record, and the ledger would count it twice.
_RECORD_FORMAT = {
    "format": "json",
    "json.ignore-parse-errors": "true",
    "json.decode.json-parser.enabled": "false",
}
_RECORD_TABLE = {"scan.watermark.emit.strategy": "on-event"}
_EVENT_TIME = re.compile(rf"{EVENT_TIME} AS (.*),\s+WATERMARK FOR {EVENT_TIME} AS (.*)\n\) LIKE", re.S)
_LINE_FORMAT = {"format": "raw"}
_MOST_REPAIRS = 20


class Pipeline:
    """A planner that knows a source, an input and the objects created so far.

    What is wrong with a file is added to `problems`, and what needs it is left out and added to `left_out`.
    """

    def __init__(
        self,
        library: Library,
        source: str,
        records: FileInput | KafkaInput,
        settings: dict[str, str],
        *,
        jars: Collection[Path] = (),
        keeps_plans: bool = False,
    ) -> None:
        self.library, self.input = library, records
        self.source = library.source(source)
        self.lines = library.lines(self.source)
        self.problems: list[Problem] = []
        self.left_out: list[SqlFile] = []
        self.script: list[str] = []
        self._keeps_plans = keeps_plans
        # Flink's plans of what learners read, by their files' names, where plans are kept.
        self.learned_from: dict[str, str] = {}
        self._broken: set[str] = set()
        self._values: dict[str, str] = {}
        with blamed_on("Flink refused the settings"):
            self.streams, self.environment = environments(settings, jars)
        self.run(f"CREATE DATABASE {SOURCES_DATABASE}")
        self.run(f"CREATE DATABASE {SINKS_DATABASE}")
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
        self._values = {
            GIVEN_INPUT: self.input.name,
            WATERMARK_DELAY: str(self.input.delay_s or self.source.delay_s),
            **{name: kinds[name].filled(value) if name in kinds else value for name, value in values.items()},
        }
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
            elif file.name == RECORDS_IN and self.source.is_view:
                with blamed_on(str(file.path)):
                    self._time_records(file)
            elif self._execute(file.statement(self._values, self._expressions)):
                self._bind(file)
                if file.name == TIMED_RECORDS and (self.may_fall_silent or has_learner):
                    with blamed_on(str(file.path)):
                        self._read_once()
            else:
                self._set_broken(file)

    def _reads_broken(self, file: SqlFile) -> bool:
        return bool((file.references.tables | {name.lower() for name in file.references.calls}) & self._broken)

    def _set_broken(self, file: SqlFile) -> None:
        # A source may be named like a view; what needs a source needs the table that is made of it.
        self._broken.add(INPUT_RECORDS if file is self.source else file.name)

    def _begin(self) -> None:
        self._expressions = {
            GIVEN_POSITION: self.input.position,
            GIVEN_RECORD_TIME: self.input.record_time_ms,
            GIVEN_LINES: self.lines.name,
            GIVEN_ARRIVAL: "arrival" if self.input.bounded else "PROCTIME()",
        }
        self.run(f"CREATE TABLE {INPUT_MESSAGES} (message BYTES) WITH ({self._input_options(_LINE_FORMAT)})")

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
            with blamed_on(str(file.path)):
                self._expressions[GIVEN_FLOW_END] = self.expression(FLOW_END_MS)
            if not self.source.is_view:
                self.run(
                    f"CREATE TABLE {INPUT_RECORDS} WITH ({self._input_options(_RECORD_FORMAT, _RECORD_TABLE)}) "
                    f"LIKE {SOURCES_DATABASE}.{file.name}"
                )
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

    def _time_records(self, records_in: SqlFile) -> None:
        """Make `records_in` of a source that is a view, with the time and watermark that the file gives to a table."""
        time_and_watermark = _EVENT_TIME.search(records_in.statement(self._values, self._expressions).text)
        if time_and_watermark is None:
            message = f"{records_in.name} must define {EVENT_TIME} and its watermark, and then LIKE"
            raise Problems([Problem(records_in.path, 1, 1, message)])
        query = f"SELECT * FROM {SOURCES_DATABASE}.{self.source.name}"
        create_timed(self.environment, RECORDS_IN, query, time_and_watermark[1], time_and_watermark[2])

    def _read_once(self) -> None:
        """Put a stream in the place of the records, which all that is planned apart, as learners are, then share.

        Where partitions may fall silent, the stream brings the records of all of them together before it is judged what
        is late. A task that reads a silent partition does not know how far the others have come, and a window does not
        wait for a task that is idle: what either lets pass may be dropped. One task knows the watermark of all, and no
        window behind it is ahead of it.
        """
        make_stream(self.environment, TIMED_RECORDS, FLOW_END, in_one_task=self.may_fall_silent)

    @property
    def may_fall_silent(self) -> bool:
        """Whether partitions may be silent while others go on."""
        return not self.input.bounded and float(self._values[IDLE_TIMEOUT]) > 0

    def _input_options(self, format_options: dict[str, str], table_options: dict[str, str] | None = None) -> str:
        timeout = f"{self._values[IDLE_TIMEOUT]} s"
        waiting = {"scan.watermark.idle-timeout": timeout} if self.may_fall_silent else {}
        return options(self.input.options(format_options) | waiting | (table_options or {}))

    def expression(self, column: str) -> str:
        """What a computed column of the source stands for, in its physical columns."""
        expression = expression_of(self._source_table(), column)
        if expression is None:
            raise Problems([Problem(self.source.path, 1, 1, f"a source must define the column {column}")])
        return expression

    def _source_table(self):
        return self.environment.from_path(f"{SOURCES_DATABASE}.{self.source.name}")

"""The one Flink job of a run: every analysis asked for, over one scan of the input."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flowsift.catalog.file import SqlFile
from flowsift.catalog.library import Library
from flowsift.catalog.project import connector_jars, function_roots
from flowsift.engine.contract import BACKFILLED_TRAFFIC, SINKS_DATABASE, SPREAD_FLOWS, SPREAD_LONG_FLOWS
from flowsift.engine.endpoints import FileInput, FileOutput, FolderInput, KafkaInput, KafkaOutput, options, quoted
from flowsift.engine.flink.errors import blamed_on
from flowsift.engine.flink.format_jar import format_jar
from flowsift.engine.flink.operator_ids import StatefulOperator, assign_uids
from flowsift.engine.flink.running import RunningJob
from flowsift.engine.flink.tables import column_definitions, column_names
from flowsift.engine.pipeline import Pipeline
from flowsift.engine.settings import in_utc
from flowsift.errors import Problems, UserError

# Settings whose values Flink hides as well.
_SECRET = re.compile(r"password|secret|token|api-?key|service-key|account\.key|auth|jaas\.config|http-headers", re.I)


@dataclass(frozen=True)
class Run:
    """What a user asked for."""

    source: str
    input: FileInput | FolderInput | KafkaInput
    output: FileOutput | KafkaOutput
    analyses: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    # Which of the sinks of every run; all that the analyses call for unless named. They take longer to plan than most
    # analyses.
    accounting: tuple[str, ...] | None = None

    @property
    def jars(self) -> list[Path]:
        """What the job needs beside Flink's own, which a cluster loads anew for each job: connectors and codecs.

        Raises UserError where a file of the input needs one that is not here.
        """
        jars = connector_jars()
        codecs = frozenset[str]() if isinstance(self.input, KafkaInput) else self.input.codecs
        by_codec = {codec: [jar for jar in jars if jar.name.startswith(f"{codec}-")] for codec in codecs}
        missing = [codec for codec, found in by_codec.items() if not found]
        if missing and self.input.bounded:
            raise UserError(
                f"--input {self.input.name}: to read what is compressed there needs the jar {' and '.join(missing)}; "
                "make jars, or put it into jars/ of the project"
            )
        over_kafka = isinstance(self.input, KafkaInput) or isinstance(self.output, KafkaOutput)
        return jars if over_kafka else sorted(jar for found in by_codec.values() for jar in found)

    @property
    def secrets(self) -> dict[str, str]:
        """Settings of Kafka clients, whose values are never shown."""
        ends = (self.input, self.output)
        return {
            name: value
            for end in ends
            if isinstance(end, (KafkaInput, KafkaOutput))
            for name, value in end.properties.items()
        }

    def sinks(self, library: Library) -> list[SqlFile]:
        """The files whose rows are written."""
        analyses = library.analyses(self.analyses)
        accounting = library.all("accounting").values()
        if self.accounting is not None:
            return analyses + [file for file in accounting if file.name in self.accounting]
        spreads = self.parameters.get(SPREAD_LONG_FLOWS) != "off" and any(
            SPREAD_FLOWS in file.references.tables for file in library.needed(analyses)
        )
        return analyses + [file for file in accounting if spreads or file.name != BACKFILLED_TRAFFIC]


class Job:
    """The job of a run: planned on creation, executed by `submit`.

    Raises UserError for whatever the user can correct.
    """

    def __init__(self, run: Run, library: Library, settings: dict[str, str]) -> None:
        self.run = run
        self.sinks = run.sinks(library)
        self._files = files = library.over(library.source(run.source), self.sinks)
        self._name = f"flowsift {', '.join(run.analyses) or 'all analyses'} over {run.input.name}"
        port = settings.get("rest.bind-port")
        self._rest = f"http://127.0.0.1:{port}" if port else ""
        self.pipeline = Pipeline(library, run.source, run.input, settings, jars=run.jars)
        self.pipeline.set(run.parameters, files)
        self.pipeline.create(files)
        self.pipeline.raise_problems()
        for file in self.sinks:
            self.pipeline.has_its_columns(file)
        self.pipeline.raise_problems()
        self._inserts = [self._insert(file) for file in self.sinks]
        self._statements = self.pipeline.environment.create_statement_set()
        for insert in self._inserts:
            self._statements.add_insert_sql(insert)

    def _insert(self, file: SqlFile) -> str:
        view = self.pipeline.environment.from_path(file.name)
        definitions = column_definitions(view, not_null=file.key)
        columns, with_options = self.run.output.sink(file.name, definitions, file.key)
        with blamed_on(f"Flink refused the sink {file.name}"):
            self.pipeline.run(f"CREATE TABLE {SINKS_DATABASE}.{file.name} ({columns}) WITH ({options(with_options)})")
        rows = f"SELECT * FROM {file.name}"
        if file.key and isinstance(self.run.output, FileOutput):
            rows = _latest_values(file.name, column_names(view))
        return f"INSERT INTO {SINKS_DATABASE}.{file.name} {rows}"

    def plan(self) -> str:
        """Flink's plan of the job as text."""
        with self._problems_of_files():
            return self._statements.explain()

    @contextmanager
    def _problems_of_files(self) -> Iterator[None]:
        """Where the job cannot be planned, raise what is wrong with the file of each sink that cannot."""
        try:
            with blamed_on("Flink cannot plan the job"):
                yield
        except UserError as error:
            for file, insert in zip(self.sinks, self._inserts):
                self.pipeline.plan(file, insert)
            if self.pipeline.problems:
                raise Problems(self.pipeline.problems) from error.__cause__
            raise

    def script(self, settings: dict[str, str]) -> str:
        """The job as a script for Flink's sql-client, with further settings.

        Raises UserError where a job is more than SQL.
        """
        library = self.pipeline.library
        if learners := [file.name for file in self._files if file.learner]:
            others = (
                name for name, file in library.all("analysis").items()
                if not any(needed.learner for needed in library.needed([file]))
            )  # fmt: skip
            raise UserError(
                f"--print: {', '.join(learners)} learns in a program, which no script can do; run it, "
                f"or name what to print of {', '.join(others)}"
            )
        jars = [f"ADD JAR {quoted(str(jar))}" for jar in (*self.run.jars, format_jar())]
        settings = in_utc(settings)
        lines = [
            f"SET {quoted(key)} = {quoted('***' if _SECRET.search(key) else value)}" for key, value in settings.items()
        ]
        inserts = ["EXECUTE STATEMENT SET\nBEGIN", *self._inserts, "END"]
        notes = "-- A secret is shown as ***; put it in before you run this.\n"
        notes += "-- What was received is counted by a program, which a script cannot do: there is no ledger here.\n"
        notes += "-- Nor are long flows spread: each counts in the window of its end.\n"
        if self.pipeline.spreads:
            notes += "-- Long flows are spread by a program as well: here each counts in the minute of its end.\n"
        if self.pipeline.may_fall_silent:
            notes += (
                "-- flowsift run judges in one task what is late, which a script cannot say: here a partition that was "
                "silent\n-- for longer than the idle timeout may lose flows.\n"
            )
        statements = [*jars, *lines, *self.pipeline.script]
        # A statement may end in a comment, which would swallow what follows in its line.
        return notes + "\n;\n\n".join(statements) + "\n;\n\n" + inserts[0] + "\n" + ";\n".join(inserts[1:]) + ";"

    def translate(self) -> list[StatefulOperator]:
        """Make the job ready to be submitted, once; returns its operators with state under the ids they then have."""
        with self._problems_of_files():
            self._statements.attach_as_datastream()
        return assign_uids(self.pipeline.streams, [file.name for file in self.sinks], self.run.input.name)

    def submit(self) -> RunningJob:
        """Start the job."""
        self.translate()
        with blamed_on("Flink refused the job"):
            return RunningJob(self.pipeline.streams.execute_async(self._name), self._rest)


def udfs_archive(folder: Path) -> Path:
    """A zip, in `folder`, of the functions of the package and of the project, for Flink to ship to its workers."""
    folder.mkdir(exist_ok=True)
    path = folder / "udfs.zip"
    modules = {module.relative_to(root): module for root in function_roots() for module in root.rglob("*.py")}
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(modules):
            archive.write(modules[name], Path("udfs", name))
    return path


def _latest_values(view: str, columns: list[str]) -> str:
    """Rows of an updating view as a log in which the last row of a key counts, for sinks that only append."""
    names = ", ".join(f"`{name}`" for name in columns)
    return f"SELECT {names} FROM TO_CHANGELOG(input => TABLE {view}) WHERE op IN ('INSERT', 'UPDATE_AFTER')"

"""From a request to a finished run, or to what would run: settings, topics, submission, and tidying up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flowsift.catalog.library import Library
from flowsift.catalog.project import project_root
from flowsift.engine.contract import RECORD_COUNTS
from flowsift.engine.endpoints import FileOutput, KafkaInput, KafkaOutput
from flowsift.engine.flink.jvm import inside_flink_run, prepare_java
from flowsift.engine.flink.kafka_admin import create_outputs, keep_ends, located, redacted
from flowsift.engine.flink.mini_cluster import mini_cluster
from flowsift.engine.flink.running import RunningJob
from flowsift.engine.job import Job, Run, udfs_archive
from flowsift.engine.results import keep_latest
from flowsift.engine.settings import local_settings, planning_settings
from flowsift.errors import UserError
from flowsift.scratch import scratch_folder


def run(
    request: Run,
    settings: dict[str, str],
    *,
    library: Library | None = None,
    watching: Callable[[RunningJob], None] = RunningJob.wait,
) -> None:
    """Run the job and wait for its end, unless it has none and a cluster runs it.

    `watching` waits for a job that this process runs.
    """
    library = library or Library()
    _check(request, library)
    with scratch_folder() as scratch, _without_secrets(request):
        is_local = not inside_flink_run()
        place = _here(local_settings(scratch)) if is_local else {}
        sinks = request.sinks(library)
        wanted = _located(request)
        if isinstance(request.output, KafkaOutput):
            create_outputs(request.output, {file.name: bool(file.key) for file in sinks}, request.jars)
        submitted = Job(wanted, library, {**place, "python.files": str(udfs_archive(scratch)), **settings}).submit()
        if is_local:
            watching(submitted)
        elif request.input.bounded:
            submitted.wait()
        else:
            print(f"submitted as job {submitted.id}")
            return
        if isinstance(wanted.input, KafkaInput) and wanted.input.start.is_group:
            keep_ends(wanted.input, request.jars)
    if isinstance(request.output, FileOutput):
        for file in sinks:
            if file.key:
                keep_latest(request.output.folder / file.name, file.key)


@contextmanager
def shared_cluster() -> Iterator[Callable[..., None]]:
    """Yields a function that does what `run` does, on one mini-cluster for all its runs."""
    with mini_cluster() as place:

        def run_there(request: Run, settings: dict[str, str], *, library: Library | None = None) -> None:
            run(request, {**settings, **place}, library=library, watching=RunningJob.wait_closely)

        yield run_there


def plan(request: Run, settings: dict[str, str]) -> str:
    """Flink's plan of what would run."""
    with scratch_folder() as scratch:
        return _planned(request, {"python.files": str(udfs_archive(scratch)), **settings}, Job.plan)


def script(request: Run, settings: dict[str, str]) -> str:
    """What would run as a script for Flink's sql-client; its functions are in a file that outlives this process."""
    settings = {"python.files": str(udfs_archive((project_root() or Path.cwd()) / "build")), **settings}
    library = Library()
    # What is counted by a program is left out, which a script cannot do.
    counted = {file.name for file in library.all("view").values() if RECORD_COUNTS in file.references.tables}
    request = replace(request, accounting=tuple(
        file.name for file in request.sinks(library)
        if file.role == "accounting" and not (counted | {RECORD_COUNTS}) & file.references.tables
    ))  # fmt: skip
    return _planned(request, settings, lambda job: job.script(settings))


def _planned(request: Run, settings: dict[str, str], text_of: Callable[[Job], str]) -> str:
    library = Library()
    _check(request, library)
    with scratch_folder() as scratch, _without_secrets(request):
        place = {} if inside_flink_run() else _here(planning_settings(scratch))
        return redacted(text_of(Job(_located(request), library, {**place, **settings})), request.secrets)


def _check(request: Run, library: Library) -> None:
    """Raise UserError for what can be seen without Flink."""
    library.source(request.source)
    sinks = request.sinks(library)
    if isinstance(request.output, FileOutput):
        request.output.check([file.name for file in sinks])
    elif isinstance(request.input, KafkaInput) and request.input.server == request.output.server:
        for topic in (request.output.prefix + file.name for file in sinks):
            if request.input.reads(topic):
                raise UserError(f"--input would read the results in {topic}; give another --topic-prefix")


def _here(settings: dict[str, str]) -> dict[str, str]:
    prepare_java()
    return settings


def _located(request: Run) -> Run:
    if isinstance(request.input, KafkaInput):
        return replace(request, input=located(request.input, request.jars))
    return request


@contextmanager
def _without_secrets(request: Run) -> Iterator[None]:
    """Show no setting of a client in an error."""
    try:
        yield
    except UserError as error:
        raise UserError(redacted(str(error), request.secrets)) from error.__cause__

"""A case cut out of a recording: the records that end in a stretch of time, and what an analysis makes of them.

When a record ends is what the source's SQL file says, evaluated by Flink over bare lines, so that a new source needs
nothing here, and what is kept is kept to the byte.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from flowsift.catalog.library import Library
from flowsift.engine.endpoints import FileInput, FileOutput, options, parse_files, quoted
from flowsift.engine.flink.errors import blamed_on
from flowsift.engine.flink.jvm import SHORT_LIVED, prepare_java
from flowsift.engine.flink.running import RunningJob
from flowsift.engine.pipeline import Pipeline
from flowsift.engine.results import rows
from flowsift.engine.settings import local_settings
from flowsift.errors import UserError, shown
from flowsift.report.progress import watch
from flowsift.scratch import scratch_folder
from flowsift.workbench.cases import CASES_ROOT, Case

MOST_LINES = 10_000
_SETTINGS = {
    "parallelism.default": "1",
    "taskmanager.memory.network.min": "64m",
    "taskmanager.memory.network.max": "64m",
}
_MOST_SHOWN = 20
_NAME = re.compile(r"([a-z][a-z0-9_]*)/([a-z][a-z0-9_]*)")
_YEAR_2000_MS = 946_684_800_000


@dataclass(frozen=True)
class Cut:
    """What to keep of a recording: what ends from one time, included, to another, and of one host if it is named."""

    source: str
    from_ms: int
    to_ms: int
    host: str | None = None


def moment_ms(text: str, option: str) -> int:
    """Epoch milliseconds of a time in ISO 8601, in UTC unless it says otherwise."""
    try:
        moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text))
    except ValueError:
        raise UserError(
            f"{option} {text}: expected a time such as 2025-01-06T08:40 or 2025-01-06T09:40+01:00"
        ) from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() * 1_000)


def make_case(
    library: Library, name: str, recording: str, cut: Cut, parameters: dict[str, str], root: Path = CASES_ROOT
) -> None:
    """Write the case folder `name` (ANALYSIS/CASE) with the cut as its input and the rows found as expected ones."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise UserError(f"case {name}: expected ANALYSIS/WHAT_HAPPENS, such as octet_anomalies/fires_on_a_port_scan")
    library.analyses([match[1]])
    if (root / name).exists():
        raise UserError(f"{shown(root / name)} exists; name another case, or remove it")
    if cut.from_ms >= cut.to_ms:
        raise UserError(f"--from {_clock(cut.from_ms)} is not before --to {_clock(cut.to_ms)}")
    records = _one_file(library, recording, cut.source)
    prepare_java(SHORT_LIVED)
    with scratch_folder() as scratch:
        lines = list(between(_lines(library, records, cut, scratch), cut.host))
        _check_size(len(lines), recording, cut)
        case = Case(scratch / name)
        case.folder.mkdir(parents=True)
        form = "" if cut.source == "flows" else f".{cut.source}"
        (case.folder / f"input{form}.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
        if parameters:
            (case.folder / "parameters.json").write_text(json.dumps(parameters) + "\n", encoding="utf-8")
        found = case.found(library, ["ledger"])
        [ledger] = found["ledger"]
        print("{received:,} records: {accepted:,} good, {late:,} late, {dead:,} broken".format(**ledger))
        _show(case.analysis, found[case.analysis])
        case.write(case.analysis, found[case.analysis])
        if ledger["late"] or ledger["dead"]:
            case.write("ledger", found["ledger"])
        shutil.copytree(case.folder, root / name)
    print(f"wrote {shown(root / name)}: {', '.join(path.name for path in sorted((root / name).iterdir()))}")


def between(lines: Iterable[tuple[bytes, bool]], host: str | None) -> Iterator[bytes]:
    """Of (line, whether it is a record that is wanted; a broken line is none) what to keep, in the order recorded.

    A broken line has no time of its own: it belongs to the records that it stands between. To a host's, if it names it.
    """
    waiting: list[bytes] | None = None
    for line, is_wanted in lines:
        if is_wanted:
            yield from waiting or []
            yield line
            waiting = []
        elif waiting is not None and (host is None or host.encode() in line):
            waiting.append(line)


def _one_file(library: Library, recording: str, source: str) -> FileInput:
    if library.source(source).is_view:
        raise UserError(
            f"--source {source} is for messages of several lines; in a file each is a record: --source flows"
        )
    if recording.startswith("kafka:"):
        raise UserError(f"--input {recording}: a case is cut out of a file; record the topic into one first")
    records = parse_files(recording)
    if len(records.files) > 1:
        raise UserError(f"--input {recording}: {len(records.files)} files; a case is cut out of one, in its order")
    return records


def _check_size(count: int, recording: str, cut: Cut) -> None:
    stretch = f"from {_clock(cut.from_ms)} to {_clock(cut.to_ms)}"
    if count == 0:
        of_host = f" of {cut.host}" if cut.host else ""
        raise UserError(
            f"no record{of_host} in {recording} ends {stretch} (UTC), or --source {cut.source} is not its format"
        )
    if count > MOST_LINES:
        cure = "narrow it" if cut.host else "narrow it, or keep only what concerns a host: --host ADDR"
        raise UserError(f"{count:,} lines of {recording} are {stretch}, more than {MOST_LINES:,} for a case; {cure}")


def _lines(library: Library, records: FileInput, cut: Cut, scratch: Path) -> Iterator[tuple[bytes, bool]]:
    """(line, whether it is a record that is wanted) of all that is, and of all lines without a time that can be."""
    settings = {**local_settings(scratch), **_SETTINGS}
    source = library.source(cut.source)
    pipeline = Pipeline(library, cut.source, records, settings)
    pipeline.set({}, [])
    pipeline.create([source])
    pipeline.raise_problems()
    output = FileOutput(scratch / "lines")
    columns, with_options = output.sink("cut", "line BYTES, is_wanted BOOLEAN", [])
    with blamed_on(str(source.path)):
        pipeline.run(f"CREATE VIEW fields AS {_fields(pipeline)}")
        pipeline.run(f"CREATE TABLE sinks.cut ({columns}) WITH ({options(with_options)})")
        result = pipeline.environment.execute_sql(f"INSERT INTO sinks.cut {_wanted(pipeline, cut)}")
    job = result.get_job_client()
    assert job is not None, "an INSERT is a job"
    watch(RunningJob(job, f"http://127.0.0.1:{settings['rest.bind-port']}"))
    for row in rows(output.folder / "cut"):
        yield base64.b64decode(row["line"]), row["is_wanted"]


def _fields(pipeline: Pipeline) -> str:
    """A query for the lines, and the fields of their records as the source's table names them."""
    fields = [
        f"TRY_CAST(JSON_VALUE(text, {quoted(f'$[{json.dumps(name)}]')}) AS {column_type}) AS `{name}`"
        for name, column_type in pipeline.source_fields()
    ]
    lines = "SELECT message, CAST(message AS STRING) AS text FROM input_messages"
    return f"SELECT message, {', '.join(fields)} FROM ({lines})"


def _wanted(pipeline: Pipeline, cut: Cut) -> str:
    end_ms, src, dst = (f"({pipeline.expression(name)})" for name in ("flow_end_ms", "src_addr", "dst_addr"))
    wanted = f"{end_ms} >= {cut.from_ms} AND {end_ms} < {cut.to_ms}"
    if cut.host:
        wanted += f" AND ({src} = {quoted(cut.host)} OR {dst} = {quoted(cut.host)})"
    broken = f"({end_ms} BETWEEN {_YEAR_2000_MS} AND {round(time.time() * 1_000)}) IS NOT TRUE"
    return f"SELECT message, ({wanted}) IS TRUE FROM fields WHERE {wanted} OR {broken}"


def _show(sink: str, found: list[dict]) -> None:
    print(f"{sink}: {len(found):,} row{'s' * (len(found) != 1)}")
    for row in found[:_MOST_SHOWN]:
        print(f"  {json.dumps(row)}")
    if len(found) > _MOST_SHOWN:
        print(f"  … and {len(found) - _MOST_SHOWN:,} more")


def _clock(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")

"""A case cut out of a recording: the records that end in a stretch of time, and what an analysis makes of them.

When a record ended is what the source's SQL file names as `time`, so that a new source needs nothing here. What is kept
is kept to the byte, in a file beside the case.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path

from flowsift.catalog.file import SqlFile
from flowsift.catalog.library import Library
from flowsift.engine.contract import LEDGER
from flowsift.engine.endpoints import FileInput, parse_files
from flowsift.engine.flink.jvm import SHORT_LIVED, prepare_java
from flowsift.errors import UserError, shown
from flowsift.scratch import scratch_folder
from flowsift.workbench.case_records import epoch_ms
from flowsift.workbench.case_yaml import row_text
from flowsift.workbench.cases import Case

# Of a file that is read in a second and shown in a review.
MOST_LINES = 5_000
# By its first octets, as a job opens a file.
_COMPRESSED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
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
    moment = epoch_ms(text)
    if moment is None:
        raise UserError(f"{option} {text}: expected a time such as 2025-01-06T08:40 or 2025-01-06T09:40+01:00")
    return moment


def make_case(library: Library, name: str, recording: str, cut: Cut, parameters: dict[str, str], root: Path) -> None:
    """Write the case `name` (ANALYSIS/CASE) with the cut as what is given and the rows found as expected ones."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise UserError(f"case {name}: expected ANALYSIS/WHAT_HAPPENS, such as host_anomalies/fires_on_a_port_scan")
    library.analyses([match[1]])
    written = root / f"{name}.yaml"
    for path in (written, written.with_suffix(".jsonl")):
        if path.exists():
            raise UserError(f"{shown(path)} exists; name another case, or remove it")
    if cut.from_ms >= cut.to_ms:
        raise UserError(f"--from {_clock(cut.from_ms)} is not before --to {_clock(cut.to_ms)}")
    records = _one_file(library, recording, cut.source)
    source = library.source(cut.source)
    lines = list(islice(between(lines_of(records.files[0], source, cut), cut.host), MOST_LINES + 1))
    _check_size(len(lines), recording, cut)
    prepare_java(SHORT_LIVED)
    with scratch_folder() as scratch:
        case = Case(scratch / f"{name}.yaml")
        case.path.parent.mkdir(parents=True)
        cut_out = case.path.with_suffix(".jsonl")
        cut_out.write_bytes(b"".join(line + b"\n" for line in lines))
        case.path.write_text(_head(recording, cut, parameters, cut_out.name), encoding="utf-8")
        found = case.found(library, [LEDGER])
        [ledger] = found[LEDGER]
        print("{received:,} records: {accepted:,} good, {late:,} late, {dead:,} broken".format(**ledger))
        _show(case.analysis, found[case.analysis])
        case = case.write(case.analysis, found[case.analysis])
        if ledger["late"] or ledger["dead"]:
            case.write(LEDGER, found[LEDGER])
        written.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(cut_out, written.with_suffix(".jsonl"))
        shutil.copy(case.path, written)
    print(f"wrote {shown(written)} and {len(lines):,} lines beside it; say in its first line what happens")


def _head(recording: str, cut: Cut, parameters: dict[str, str], name: str) -> str:
    """What the case says above the expected rows."""
    of_host = f", of {cut.host}" if cut.host else ""
    stretch = f"from {_clock(cut.from_ms)}Z to {_clock(cut.to_ms)}Z"
    said = [f"# Cut out of {Path(recording).name} {stretch}{of_host}."]
    said += [f"source: {cut.source}"] if cut.source != "flows" else []
    said += [f"parameters: {row_text(parameters, 12)}"] if parameters else []
    return "\n".join([*said, f"given: {row_text({'recording': name}, 7)}", ""])


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
    library.source(source)
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
        raise UserError(f"{recording} has more than {MOST_LINES:,} lines {stretch}, too many for a case; {cure}")


def lines_of(path: Path, source: SqlFile, cut: Cut) -> Iterator[tuple[bytes, bool]]:
    """(line, whether it is a record that is wanted) of all that is, and of all lines without a time that can be."""
    fields, unit_ns = source.time
    now_ms = time.time() * 1_000
    first = path.open("rb").read(5)
    if first.startswith(b"\x28\xb5\x2f\xfd"):
        raise UserError(f"{path}: Python cannot read Zstandard; uncompress it first: zstd -d")
    opened = next((opened for magic, opened in _COMPRESSED.items() if first.startswith(magic)), open)
    with opened(path, "rb") as lines:
        for line in lines:
            line = line.rstrip(b"\n")
            record = _record(line)
            end_ms = _end_ms(record, fields, unit_ns)
            if end_ms is None or not _YEAR_2000_MS <= end_ms <= now_ms:
                yield line, False
            elif cut.from_ms <= end_ms < cut.to_ms and (cut.host is None or cut.host in _texts(record)):
                yield line, True


def _record(line: bytes) -> dict:
    """The fields of a line; none if it is not a JSON object."""
    try:
        record = json.loads(line.decode("utf-8", "replace"))
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _end_ms(record: dict, fields: list[str], unit_ns: int) -> int | None:
    """When a record ended: the sum of these fields, of which only the first must be there; None if it has no time."""
    values = [_value(record, fields[0]), *(_value(record, name) or 0 for name in fields[1:])]
    if unit_ns == 0:
        return epoch_ms(str(values[0]))
    try:
        return round(sum(map(float, values)) * unit_ns / 1_000_000)
    except (TypeError, ValueError, OverflowError):
        return None


def _value(record: dict, name: str) -> object:
    """The field a.b: the key "a.b", or b in the object a."""
    if name in record:
        return record[name]
    first, _, rest = name.partition(".")
    inner = record.get(first)
    return _value(inner, rest) if rest and isinstance(inner, dict) else None


def _texts(value: object) -> Iterator[str]:
    """Every text in a record, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _show(sink: str, found: list[dict]) -> None:
    print(f"{sink}: {len(found):,} row{'s' * (len(found) != 1)}")
    for row in found[:_MOST_SHOWN]:
        print(f"  {json.dumps(row)}")
    if len(found) > _MOST_SHOWN:
        print(f"  … and {len(found) - _MOST_SHOWN:,} more")


def _clock(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")

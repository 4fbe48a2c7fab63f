"""What was found of incidents that were planted: the rows of `detections` beside the truth, for people to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from rich.table import Table

from flowsift.report.tables import console

_MINUTE_MS = 60_000
# A row that began long before an incident is about something else; one that comes long after it, too. A change of
# cluster takes several windows.
_LONGEST_BEFORE_MS = 60 * _MINUTE_MS
_LATEST_FROM_START_MS = 30 * _MINUTE_MS


@dataclass(frozen=True)
class Hit:
    """The first row of a detector that shows an incident: when it was known, and its sentence."""

    detector: str
    known_ms: int
    sentence: str


def found_table(truth_path: Path, detections: list[dict]) -> Table:
    """A table of what was planted, and which detector found it, as what and how long after its start."""
    table = Table("planted", "by", "from", "found by", "as", "after", title="Planted and found")
    for line in truth_path.read_text(encoding="utf-8").splitlines():
        incident = json.loads(line)
        what = (incident["kind"], incident["entity"], _clock(incident["start_ms"]))
        found = list(hits(incident, detections))
        if not found:
            table.add_row(*what, "[red]not found", "", "")
        for hit in found:
            table.add_row(*what, hit.detector, hit.sentence, f"{(hit.known_ms - incident['start_ms']) / 1_000:.0f} s")
            what = ("", "", "")
    return table


def hits(incident: dict, detections: list[dict]) -> Iterator[Hit]:
    """The first hit of each detector, the earliest first."""
    rows = [row for row in detections if _is_about(row, incident)]
    first: dict[str, list[dict]] = {}
    for row in sorted(rows, key=lambda row: (row["known_at"], row["sentence"])):
        of_detector = first.setdefault(row["detector"], [])
        if not of_detector or row["known_at"] == of_detector[0]["known_at"]:
            of_detector.append(row)
    for detector, of_detector in first.items():
        first_one, *others = dict.fromkeys(row["sentence"] for row in of_detector)
        more = f", and {len(others)} more" if others else ""
        yield Hit(detector, _ms(of_detector[0]["known_at"]), first_one + more)


def _is_about(row: dict, incident: dict) -> bool:
    shows = _shows_an_end if incident["kind"] == "silence" else _shows
    return row["entity"] == incident["entity"] and shows(row, incident)


def _shows(row: dict, incident: dict) -> bool:
    """Whether a row is about the time of an incident."""
    begin_ms, end_ms = incident["start_ms"], incident["end_ms"]
    return (
        _ms(row["window_start"]) > begin_ms - _LONGEST_BEFORE_MS
        and _ms(row["window_end"]) > begin_ms
        and _ms(row["known_at"]) <= max(begin_ms + _LATEST_FROM_START_MS, end_ms + _MINUTE_MS)
    )


def _shows_an_end(row: dict, incident: dict) -> bool:
    """Whether a row is about what ended when a host fell silent."""
    return abs(_ms(row["window_end"]) - incident["start_ms"]) < _MINUTE_MS


def show(truth_path: Path, detections: list[dict]) -> None:
    """Print the table, and how many detections are about what was planted."""
    truth = [json.loads(line) for line in truth_path.read_text(encoding="utf-8").splitlines()]
    planted = sum(any(_is_about(row, incident) for incident in truth) for row in detections)
    console().print(found_table(truth_path, detections))
    console().print(
        f"{planted} of {len(detections)} detections are about what was planted. After: from the start of the incident."
    )


def _ms(text: str) -> int:
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() * 1_000)


def _clock(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, timezone.utc).strftime("%H:%M:%S")

"""Which detections show what was planted."""

import json

import pytest
from flowsift.testbed.scoreboard import found_table, hits

# 2025-01-06, 09:05 to 09:10
SCAN = {"kind": "scan", "entity": "10.0.0.9", "start_ms": 1_736_154_300_000, "end_ms": 1_736_154_600_000}
SILENCE = SCAN | {"kind": "silence"}


def row(begin, end, known=None, detector="scans", sentence="scans", entity="10.0.0.9"):
    times = {"window_start": begin, "window_end": end, "known_at": known or end}
    return {
        "detector": detector, "entity": entity, "sentence": sentence,
        **{name: f"2025-01-06T{clock}:00" for name, clock in times.items()},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("detection", "is_hit"),
    [
        (row("09:05", "09:06"), True),
        (row("09:00", "10:00", known="10:00"), False),  # known too late
        (row("09:00", "09:05"), False),  # ended before
        (row("09:20", "09:25"), True),
        (row("09:35", "09:36"), False),  # long after
        (row("08:00", "09:10"), False),  # began long before
        (row("09:05", "09:06", entity="10.0.0.8"), False),
    ],
)
def test_a_row_about_the_time_and_the_entity_is_a_hit(detection, is_hit):
    assert bool(list(hits(SCAN, [detection]))) == is_hit


def test_a_silence_is_shown_by_what_ended_when_it_began():
    assert list(hits(SILENCE, [row("08:00", "09:05", known="09:15")]))
    assert not list(hits(SILENCE, [row("08:00", "09:07"), row("09:05", "09:10")]))


def test_of_each_detector_its_first_window_counts():
    detections = [
        row("09:06", "09:07", sentence="later"),
        row("09:05", "09:06", sentence="flows"),
        row("09:05", "09:06", sentence="octets"),
        row("09:05", "09:10", detector="rules", sentence="new"),
    ]
    first, second = hits(SCAN, detections)
    assert (first.detector, first.sentence, first.known_ms) == ("scans", "flows, and 1 more", SCAN["start_ms"] + 60_000)
    assert second.detector == "rules"


def test_what_nobody_found_is_in_the_table(tmp_path):
    (tmp_path / "truth.jsonl").write_text(json.dumps(SCAN) + "\n")
    table = found_table(tmp_path / "truth.jsonl", [])
    assert [next(iter(column.cells)) for column in table.columns][:4] == [
        "scan",
        "10.0.0.9",
        "09:05:00",
        "[red]not found",
    ]

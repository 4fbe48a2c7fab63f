"""flowsift case: which part of a recording is meant, and what cannot be."""

import gzip
from dataclasses import replace

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.project import SQL_ROOT
from flowsift.errors import UserError
from flowsift.workbench.cut import Cut, between, lines_of, make_case, moment_ms

BEGIN_MS = 1_736_150_400_000  # 2025-01-06T08:00:00


def test_times_are_utc_unless_they_say_otherwise():
    for text in ("2025-01-06T08:00", "2025-01-06T08:00:00Z", "2025-01-06T09:00+01:00", "2025-01-06 08:00:00.000"):
        assert moment_ms(text, "--from") == BEGIN_MS
    with pytest.raises(UserError, match="--to 8:40: expected a time such as"):
        moment_ms("8:40", "--to")


def test_broken_lines_are_kept_between_the_records_that_are():
    lines = [(b"x", False), (b"1", True), (b"y 10.0.0.1", False), (b"z", False), (b"2", True), (b"x", False)]
    assert list(between(lines, None)) == [b"1", b"y 10.0.0.1", b"z", b"2"]
    assert list(between(lines, "10.0.0.1")) == [b"1", b"y 10.0.0.1", b"2"]


def test_a_record_is_wanted_for_when_it_ended_and_whom_it_names(tmp_path):
    recording = tmp_path / "conn.log.gz"
    lines = [
        b'{"ts": 1736150399.5, "duration": 0.5, "id.orig_h": "10.0.0.1"}\r',
        b'{"ts": 1736150399.5, "duration": 0.499, "id.orig_h": "10.0.0.1"}',
        b'{"ts": "1736150400", "peers": ["10.0.0.1"], "note": "\xff"}',
        b'{"ts": 1736150400, "duration": null, "note": "10.0.0.11"}',
        b'{"ts": 1736150460}',
        b'{"ts": null}',
        b"[]",
        b'{"ts": 99999999999}',
        b'{"ts": "NaN"}',
    ]
    recording.write_bytes(gzip.compress(b"\n".join(lines)))
    source, cut = Library().source("zeek_conn"), Cut("zeek_conn", BEGIN_MS, BEGIN_MS + 60_000)
    broken = [(line, False) for line in lines[5:]]
    assert list(lines_of(recording, source, cut)) == [(lines[i], True) for i in (0, 2, 3)] + broken
    of_host = replace(cut, host="10.0.0.1")
    assert list(lines_of(recording, source, of_host)) == [(lines[0], True), (lines[2], True), *broken]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "fires"}, "case fires: expected ANALYSIS/WHAT_HAPPENS"),
        ({"name": "top_talkers/../x"}, "expected ANALYSIS/WHAT_HAPPENS"),
        ({"name": "nonsense/fires"}, "unknown analysis: nonsense"),
        ({"name": "top_talkers/there"}, r"top_talkers/there\.yaml exists"),
        ({"recording": "nowhere.jsonl"}, "no such file"),
        ({"recording": "kafka://broker:9092/flows"}, "a case is cut out of a file"),
        ({"recording": str(SQL_ROOT / "rollups")}, r"\d+ files; a case is cut out of one"),
        ({"cut": Cut("flows", 2, 1)}, "is not before --to"),
        ({"cut": Cut("pcap", 1, 2)}, "unknown source: pcap"),
    ],
)
def test_a_cut_that_cannot_be_is_refused_at_once(changed, message, tmp_path):
    (tmp_path / "top_talkers").mkdir()
    (tmp_path / "top_talkers" / "there.yaml").touch()
    wanted = {"name": "top_talkers/fires", "recording": __file__, "cut": Cut("flows", 1, 2)} | changed
    with pytest.raises(UserError, match=message):
        make_case(Library(), **wanted, parameters={}, root=tmp_path)
    assert [path.name for path in tmp_path.rglob("*.*")] == ["there.yaml"]

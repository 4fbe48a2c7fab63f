"""flowsift case: a case is cut out of a recording, by time and host, to the byte."""

import json

import pytest
from flowsift.catalog.library import Library
from flowsift.errors import UserError
from flowsift.workbench.cases import find
from flowsift.workbench.cut import Cut, make_case

MINUTE_MS = 60_000
BEGIN_MS = 1_736_150_400_000  # 2025-01-06T08:00:00


def conn(end_ms, host="10.0.0.1", octets=100):
    return {
        "ts": end_ms / 1_000 - 0.5, "duration": 0.5, "id.orig_h": host, "id.orig_p": 1, "id.resp_h": "10.0.0.2",
        "id.resp_p": 443, "proto": "tcp", "orig_pkts": 1, "orig_ip_bytes": octets, "resp_pkts": 0, "resp_ip_bytes": 0,
    }  # fmt: skip


def test_a_case_is_cut_out_of_a_recording_to_the_byte(tmp_path, capsys):
    before, first, other, last, after = (
        json.dumps(record).encode()
        for record in (
            conn(BEGIN_MS - 1), conn(BEGIN_MS), conn(BEGIN_MS + 1, "10.0.0.9"), conn(BEGIN_MS + 59_999, octets=30),
            conn(BEGIN_MS + MINUTE_MS),
        )
    )  # fmt: skip
    in_future = json.dumps(conn(4_102_444_800_000)).encode()
    broken = [b"not json", b'{"ts": "10.0.0.1 \xff', in_future]
    recording = tmp_path / "conn.log"
    recording.write_bytes(b"\n".join([broken[0], before, first, *broken, other, last, broken[0], after]) + b"\n")
    cut = Cut("zeek_conn", BEGIN_MS, BEGIN_MS + MINUTE_MS, "10.0.0.1")
    make_case(Library(), "top_talkers/fires", str(recording), cut, {"TOP_N": "1"}, tmp_path / "cases")
    [case] = find(Library(), [], tmp_path / "cases")
    assert case.source == "zeek_conn"
    assert case.input(Library(), tmp_path).read_bytes() == b"\n".join([first, *broken[1:], last]) + b"\n"
    assert case.parameters == {"TOP_N": "1"}
    rows = case.expected()["top_talkers"]
    assert [(row["entity_type"], row["octets"]) for row in rows] == [(t, 130) for t in ("dst_addr", "pair", "src_addr")]
    [ledger] = case.expected()["ledger"]
    assert (ledger["source"], ledger["received"], ledger["dead"]) == ("fires.jsonl", 4, 2)
    assert "4 records: 2 good, 0 late, 2 broken" in capsys.readouterr().out
    with pytest.raises(UserError, match=r"no record in .* ends from 2025-01-06T07:00:00 to 2025-01-06T08:00:00"):
        early = Cut("flows", BEGIN_MS - 60 * MINUTE_MS, BEGIN_MS)
        make_case(Library(), "top_talkers/quiet", str(recording), early, {}, tmp_path / "cases")

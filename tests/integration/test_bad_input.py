"""What can be wrong with a record: each to the dead letters with its reason, none lost, the job goes on."""

import json
import random

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.project import SQL_ROOT
from flowsift.engine.endpoints import FileOutput, parse_files
from flowsift.engine.job import Run
from flowsift.engine.results import rows
from flowsift.errors import UserError

from tests.support.records import GOOD, NOW, mutated


def but(**values):
    return json.dumps(GOOD | values)


def without(name):
    return json.dumps({key: value for key, value in GOOD.items() if key != name})


NOT_AN_OBJECT, NOT_JSON = "not a JSON object", "not valid JSON"
BAD = [
    ("hello", NOT_AN_OBJECT),
    ('"text"', NOT_AN_OBJECT),
    ("17", NOT_AN_OBJECT),
    ("null", NOT_AN_OBJECT),
    ("\x00\x01\x02", NOT_AN_OBJECT),
    ("[]", "an empty array"),
    (but()[:-20].rstrip(), NOT_JSON),
    (but(octets_out="many"), "octets_out is not a number"),
    (but(octets_out=7.5), "octets_out is not a whole number"),
    (but(octets_out=None), "octets_out is missing"),
    (but(octets_out=-1), "octets_out is negative or above 10^15"),
    (but(octets_out=10**18), "octets_out is negative or above 10^15"),
    (but(octets_out=10**30), "octets_out is out of range"),
    (without("packets_out"), "packets_out is missing"),
    (but(packets_out=[1]), "packets_out is not a number"),
    (but(octets_in="many"), "octets_in is not a number"),
    (but(octets_in="NaN"), "octets_in is not a number"),
    (but(packets_in=-5), "packets_in is negative or above 10^15"),
    (but(dst_port=99_999), "dst_port is not a number from 0 to 65535"),
    (but(src_port=-1), "src_port is not a number from 0 to 65535"),
    (but(dst_port="http"), "dst_port is not a number"),
    (but(sampling_rate=-1), "sampling_rate is negative"),
    (without("src_addr"), "src_addr is missing"),
    (but(src_addr=None), "src_addr is missing"),
    (but(src_addr="printer"), "src_addr is not an address"),
    (but(dst_addr={"ip": "10.0.0.1"}), "dst_addr is not a text"),
    (but(protocol=None), "protocol is missing"),
    (but(flow_id=[[1]]), "flow_id is not a text"),
    (but(dst_addr="10.0.0.256"), "dst_addr is not an address"),
    (but(src_addr="a.b"), "src_addr is not an address"),
    (but(protocol="300"), "protocol is missing"),
    (without("flow_end"), "flow_end is missing"),
    (but(flow_end="yesterday"), "flow_end is not a number"),
    (but(flow_end=NOW // 1_000, flow_start=1), "flow_end is before the year 2000; milliseconds are expected"),
    (but(flow_end=95_617_584_000_000), "flow_end is in the future"),
    (but(flow_end=9 * 10**18), "flow_end is in the future"),
    (but(flow_start=NOW + 1), "flow_start is after flow_end or negative"),
    (without("flow_start"), "flow_start is missing"),
]


def test_every_bad_record_is_a_dead_letter_with_its_reason_and_text(tmp_path, run_files):
    path = tmp_path / "input.jsonl"
    # A blank line is no record.
    path.write_text("\n".join([but(), "", *(line for line, _ in BAD), " \t", but()]) + "\n")
    sink = run_files(path, "traffic_totals")
    assert sorted((row["raw_text"], row["reject_reason"]) for row in sink("dead_letters")) == sorted(BAD)
    assert all(row["raw_octets"] == len(row["raw_text"]) for row in sink("dead_letters"))
    assert {row["record_source"] for row in sink("dead_letters")} == {str(path)}
    [ledger] = sink("ledger")
    assert (ledger["received"], ledger["accepted"], ledger["dead"]) == (len(BAD) + 2, 2, len(BAD))
    assert {row["entity"]: row["flow_count"] for row in sink("traffic_totals")} == {"all": 2, "tcp": 2}


def test_raw_text_is_cut_whoever_rejects_the_record(tmp_path, run_files):
    path = tmp_path / "input.jsonl"
    broken, ruled_out = but(flow_id="€" * 300_000)[:-1], but(flow_id="x" * 300_000, octets_out=-1)
    path.write_text(f"{broken}\n{ruled_out}\n{but()}\n")
    letters = {row["reject_reason"]: row for row in run_files(path, "traffic_totals")("dead_letters")}
    for reason, line in ((NOT_JSON, broken), ("octets_out is negative or above 10^15", ruled_out)):
        assert (letters[reason]["raw_text"], letters[reason]["raw_octets"]) == (line[:65_536], len(line.encode()))


def test_a_record_that_is_lost_behind_the_format_shows_in_the_ledger(tmp_path, run_short):
    records = SQL_ROOT / "intake" / "records.sql"
    lossy = tmp_path / "sql" / "intake" / "records.sql"
    lossy.parent.mkdir(parents=True)
    lossy.write_text(records.read_text().rstrip() + " AND flow_id IS DISTINCT FROM 'lost'\n")
    path = tmp_path / "input.jsonl"
    path.write_text("\n".join([but(), but(flow_id="lost"), "hello", but(flow_id="kept")]) + "\n")
    request = Run("flows", parse_files(str(path)), FileOutput(tmp_path / "results"), ["traffic_totals"])
    run_short(request, {}, library=Library(SQL_ROOT, tmp_path / "sql"))
    [ledger] = rows(tmp_path / "results" / "ledger")
    assert tuple(ledger[name] for name in ("received", "accepted", "late", "dead")) == (4, 2, 0, 1)


LENIENT = [
    but(service="a\tb").replace("\\t", "\t"),
    but(service="\x01").replace("\\u0001", "\x01"),
    "\ufeff" + but(),
    "\t " + but() + " \r",
    but(unknown={"nested": [{"a": "}"}]}),
    but(octets_out="17", packets_out=12345678.0, octets_in="12345678.0", dst_port="443", sampling_rate=1.0),
    but(service="\\ü€😀}{"),
    json.dumps(GOOD | {"service": "ü€😀"}, ensure_ascii=False),
]


def test_what_the_reader_lets_pass_is_accepted_once(tmp_path, run_files):
    path = tmp_path / "input.jsonl"
    path.write_text("\n".join(LENIENT) + "\n", newline="\n")
    sink = run_files(path, "traffic_totals")
    assert sink("dead_letters") == []
    assert sink("ledger")[0]["accepted"] == sink("ledger")[0]["received"] == len(LENIENT)


def test_octets_that_are_not_utf8_make_a_dead_letter(tmp_path, run_files):
    path = tmp_path / "input.jsonl"
    path.write_bytes(but(flow_id="?").replace("?", "\xff").encode("latin-1") + b"\n" + but().encode() + b"\n")
    sink = run_files(path, "traffic_totals")
    assert [row["reject_reason"] for row in sink("dead_letters")] == ["not UTF-8"]
    assert (sink("ledger")[0]["received"], sink("ledger")[0]["accepted"]) == (2, 1)


def test_every_line_of_a_damaged_file_is_accounted_for(tmp_path, run_files):
    dice = random.Random(3)
    whole = [but(), but(x={"y": [1, {"z": "}"}]}), json.dumps(GOOD | {"flow_id": 'ü€😀 "}{'}, ensure_ascii=False)]
    whole.append(json.dumps([GOOD] * 3))
    lines = [mutated(dice, dice.choice(whole).encode()) for _ in range(5_000)]
    path = tmp_path / "input.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    sink = run_files(path, "traffic_totals")
    [ledger] = sink("ledger")
    # A damaged time may be later than all others and make them late.
    assert ledger["received"] >= 4_900 and ledger["accepted"] + ledger["late"] > 300 and ledger["dead"] > 1_000
    assert ledger["received"] == ledger["accepted"] + ledger["late"] + ledger["dead"] + ledger["skipped"]
    assert len(sink("dead_letters")) == ledger["dead"]


def test_each_record_of_a_line_goes_its_own_way(tmp_path, run_files):
    path = tmp_path / "input.jsonl"
    lines = [
        f"[{but()}, {but(octets_out=-1)}, 5]",
        f"{but()} {but()}",
        f"{but()}xyz",
        f"[{', '.join([but()] * 20_000)}]",
    ]
    path.write_text("\n".join(lines) + "\n")
    sink = run_files(path, "traffic_totals")
    [ledger] = sink("ledger")
    assert tuple(ledger[name] for name in ("received", "accepted", "dead")) == (20_007, 20_004, 3)
    letters = {(row["number_in_message"], row["raw_text"], row["reject_reason"]) for row in sink("dead_letters")}
    assert letters == {
        (1, but(octets_out=-1), "octets_out is negative or above 10^15"),
        (2, "5", NOT_AN_OBJECT),
        (1, "xyz", NOT_JSON),
    }


def test_several_files_have_no_order_in_which_a_flow_could_be_late(tmp_path, run_files):
    hour = 3_600_000
    for name, start in (("a", NOW + 5 * hour), ("b", NOW), ("c", NOW + 9 * hour)):
        (tmp_path / f"{name}.jsonl").write_text(but(flow_start=start, flow_end=start) + "\n")
    [ledger] = run_files(tmp_path / "*.jsonl", "traffic_totals")("ledger")
    assert (ledger["received"], ledger["accepted"], ledger["late"]) == (3, 3, 0)


def test_windows_can_follow_the_clock_of_the_machine(tmp_path, run_files):
    path = tmp_path / "input.jsonl"
    path.write_text(but() + "\n" + but(flow_end=NOW - 3_600_000, flow_start=NOW - 3_600_000) + "\n")
    sink = run_files(path, "traffic_per_10s", CLOCK="arrival")
    assert sum(row["flow_count"] for row in sink("traffic_per_10s")) == 2
    assert all(row["window_start"] > "2026" for row in sink("traffic_per_10s"))
    assert sink("ledger")[0]["late"] == 0


def test_an_unknown_parameter_is_named(tmp_path, run_files):
    path = tmp_path / "input.jsonl"
    path.write_text(but() + "\n")
    with pytest.raises(UserError, match=r"unknown parameter: NONSENSE; there are: .*CLOCK"):
        run_files(path, "traffic_totals", NONSENSE="1")

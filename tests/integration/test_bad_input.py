"""What can be wrong with a record: each to the dead letters with its reason, none lost, the job goes on."""

import json
import random

import pytest
from flowsift.errors import UserError

from tests.support.records import GOOD, NOW


def but(**values):
    return json.dumps(GOOD | values)


def without(name):
    return json.dumps({key: value for key, value in GOOD.items() if key != name})


NOT_JSON = "not a JSON object"
BAD = [
    ("hello", NOT_JSON),
    ("", NOT_JSON),
    ('"text"', NOT_JSON),
    ("[1, 2]", "an array of more than records"),
    ("17", NOT_JSON),
    ("null", NOT_JSON),
    (but()[:-20], NOT_JSON),
    ("\x00\x01\x02", NOT_JSON),
    (but(octets_out="many"), "octets_out is missing or not a number"),
    (but(octets_out=None), "octets_out is missing or not a number"),
    (but(octets_out=-1), "octets_out is negative or above 10^15"),
    (but(octets_out=10**18), "octets_out is negative or above 10^15"),
    (but(octets_out=10**30), "octets_out is missing or not a number"),
    (without("packets_out"), "packets_out is missing or not a number"),
    (but(packets_out=[1]), "packets_out is missing or not a number"),
    (but(octets_in="many"), "octets_in is not a number from 0 to 10^15"),
    (but(packets_in=-5), "packets_in is not a number from 0 to 10^15"),
    (but(dst_port=99_999), "dst_port is not a number from 0 to 65535"),
    (but(src_port=-1), "src_port is not a number from 0 to 65535"),
    (but(dst_port="http"), "dst_port is not a number from 0 to 65535"),
    (but(sampling_rate=0), "sampling_rate is not a number from 1 up"),
    (without("src_addr"), "src_addr is missing"),
    (but(src_addr=None), "src_addr is missing"),
    (but(src_addr="printer"), "src_addr is not an address"),
    (but(dst_addr={"ip": "10.0.0.1"}), "dst_addr is not an address"),
    (but(protocol=None), "protocol is missing"),
    (without("flow_end"), "flow_end is missing or not a number"),
    (but(flow_end="yesterday"), "flow_end is missing or not a number"),
    (but(flow_end=NOW // 1_000, flow_start=1), "flow_end is before the year 2000; milliseconds are expected"),
    (but(flow_end=95_617_584_000_000), "flow_end is in the future"),
    (but(flow_end=9 * 10**18), "flow_end is in the future"),
    (but(flow_start=NOW + 1), "flow_start is after flow_end or negative"),
    (without("flow_start"), "flow_start is missing or not a number"),
]


def test_every_bad_record_is_a_dead_letter_with_its_reason(tmp_path, run_files):
    path = tmp_path / "input.jsonl"
    path.write_text("\n".join([but(), *(line for line, _ in BAD), but()]) + "\n")
    sink = run_files(path, "traffic_totals")
    assert sorted(row["reject_reason"] for row in sink("dead_letters")) == sorted(reason for _, reason in BAD)
    unreadable = {line for line, reason in BAD if reason in (NOT_JSON, "an array of more than records")}
    assert {row["raw_text"] for row in sink("dead_letters") if row["raw_text"] is not None} == unreadable
    assert all((row["raw_text"] is None) != (row["fields_read"] is None) for row in sink("dead_letters"))
    [port] = [row for row in sink("dead_letters") if "http" in (row["fields_read"] or "")]
    assert json.loads(port["fields_read"])["dst_port"] == "http"
    assert {row["record_source"] for row in sink("dead_letters")} == {str(path)}
    [ledger] = sink("ledger")
    assert (ledger["received"], ledger["accepted"], ledger["dead"]) == (len(BAD) + 2, 2, len(BAD))
    assert {row["entity"]: row["flow_count"] for row in sink("traffic_totals")} == {"all": 2, "tcp": 2}


LENIENT = [
    but(service="a\tb").replace("\\t", "\t"),
    but(service="\x01").replace("\\u0001", "\x01"),
    "\ufeff" + but(),
    "\t " + but() + " \r",
    but(service={"nested": [{"a": "}"}]}),
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


def mutated(dice: random.Random, line: bytes) -> bytes:
    """The line with one to three octets or stretches changed, added, repeated or cut out."""
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        i, j = sorted(dice.randrange(len(line) + 1) for _ in range(2))
        anything = bytes([dice.randrange(256)])
        structure = dice.choice(
            [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"null", b"\t", b"\xef\xbb\xbf", b"e99999"]
        )
        line = dice.choice(
            [line[:i] + anything + line[i + 1 :], line[:i] + structure + line[i:], line[:i], line[:i] + line[j:],
             line[:j] + line[i:]]
        )  # fmt: skip
    return line.replace(b"\n", b" ")


@pytest.mark.parametrize("source", ["flows", "flows_lines"])
def test_every_line_of_a_damaged_file_is_accounted_for(source, tmp_path, run_files):
    dice = random.Random(3)
    whole = [but(), but(x={"y": [1, {"z": "}"}]}), json.dumps(GOOD | {"flow_id": 'ü€😀 "}{'}, ensure_ascii=False)]
    whole.append(json.dumps([GOOD] * 3))
    lines = [mutated(dice, dice.choice(whole).encode()) for _ in range(5_000)]
    path = tmp_path / "input.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    sink = run_files(path, "traffic_totals", source=source)
    [ledger] = sink("ledger")
    # A damaged time may be later than all others and make them late.
    assert ledger["received"] >= 4_900 and ledger["accepted"] + ledger["late"] > 300 and ledger["dead"] > 1_000
    assert ledger["received"] == ledger["accepted"] + ledger["late"] + ledger["dead"]
    assert len(sink("dead_letters")) == ledger["dead"]


def accepted_and_dead(lines, tmp_path, run_files):
    """[(accepted, dead)] of each line; every record of the n-th line has a protocol of its own, to be known by."""
    marks = [f"p{number:02}" for number in range(len(lines))]
    lines = [line.replace("TCP", mark) for line, mark in zip(lines, marks)]
    path = tmp_path / "input.jsonl"
    path.write_text("\n".join(lines) + "\n")
    sink = run_files(path, "traffic_totals")
    [ledger] = sink("ledger")
    assert ledger["received"] == ledger["accepted"] + ledger["dead"]
    accepted = {row["entity"]: row["flow_count"] for row in sink("traffic_totals")}
    letters = sink("dead_letters")
    assert (ledger["accepted"], ledger["dead"]) == (accepted["all"], len(letters))
    texts = [letter["raw_text"] or letter["fields_read"] for letter in letters]
    dead = [sum(mark in text or text == line for text in texts) for mark, line in zip(marks, lines)]
    assert sum(dead) == len(letters)
    return [(accepted.get(mark, 0), count) for mark, count in zip(marks, dead)], letters


def test_what_follows_a_record_is_not_lost(tmp_path, run_files):
    rests = (but(), " " + but(), "xyz", ", " + but(), "]", "}", ', "x": 1}')
    counts, letters = accepted_and_dead([but() + rest for rest in rests], tmp_path, run_files)
    assert counts == [(1, 1)] * len(rests)
    assert all(letter["reject_reason"].startswith("more than one record in a message") for letter in letters)


def test_an_array_is_as_many_records_as_it_holds(tmp_path, run_files):
    cases = [
        (f"[{but()}, {but()}]", 2, 0),
        (f"[{but()}, {but(octets_out=-1)}]", 1, 1),
        (f"[{but()}, 5, {but()}]", 2, 1),
        (f"[{but()}, null]", 1, 1),
        (f"[7, {but()}]", 1, 1),
        (f"[{but()}] {but()}", 1, 1),
        (f"[{but()}, {but()}, {but()[:-20]}", 0, 1),
        (f"[{', '.join([but()] * 20_000)}]", 20_000, 0),
        ("[]", 0, 1),
        (json.dumps([but(), "{x"]), 0, 1),
        (f"[{but()}, {but(service='X').replace('X', chr(92) + 'P')}]", 0, 1),
        (f"[{but(service=chr(34) + '{')}, {but(x=[{}])}]", 2, 0),
    ]
    counts, _ = accepted_and_dead([line for line, _, _ in cases], tmp_path, run_files)
    assert counts == [(accepted, dead) for _, accepted, dead in cases]


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

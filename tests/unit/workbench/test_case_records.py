"""What a case gives: records that are repeated, spread and late, and what is wrong with them at its line and column."""

import json

import pytest
from flowsift.catalog.library import Library
from flowsift.errors import UserError
from flowsift.workbench.case_records import epoch_ms
from flowsift.workbench.cases import Case

BEGIN_MS = 1_736_150_400_000  # 2025-01-06T08:00:00


def case(tmp_path, given, *, source="flows", defaults="{protocol: tcp}"):
    """A case with these entries, a line each."""
    path = tmp_path / "top_talkers" / "fires.yaml"
    path.parent.mkdir(exist_ok=True)
    entries = "".join(f"  - {entry}\n" for entry in given)
    path.write_text(f"source: {source}\ndefaults: {defaults}\ngiven:\n{entries}expected: {{top_talkers: []}}\n")
    return Case(path)


def lines(tmp_path, *given, **kept):
    return case(tmp_path, given, **kept).input(Library(), tmp_path).read_text().splitlines()


def records(tmp_path, *given, **kept):
    return [json.loads(line) for line in lines(tmp_path, *given, **kept)]


def seconds(found):
    return [(record["flow_end"] - BEGIN_MS) / 1_000 for record in found]


def test_a_record_has_the_fields_of_its_source_and_the_defaults(tmp_path):
    given = "{at: 2025-01-06T08:00:01.5Z, duration: 500 ms, src_addr: 10.0.0.1, dst_addr: 2001:db8::1, dst_port: 1_000}"
    assert records(tmp_path, given) == [
        {
            "flow_start": BEGIN_MS + 1_000, "flow_end": BEGIN_MS + 1_500, "protocol": "tcp",
            "src_addr": "10.0.0.1", "dst_addr": "2001:db8::1", "dst_port": 1_000,
        }
    ]  # fmt: skip
    [without] = records(tmp_path, "{at: 2025-01-06T09:00:01.5+01:00, protocol: null}")
    assert without == {"flow_start": BEGIN_MS + 1_500, "flow_end": BEGIN_MS + 1_500}


def test_a_record_is_repeated(tmp_path):
    given = "{at: 2025-01-06T08:00:00Z, every: 30 s, times: 4, octets_out: [1, 2, 3], dst_port: 7..8}"
    found = records(tmp_path, given)
    assert seconds(found) == [0, 30, 60, 90]
    assert [record["octets_out"] for record in found] == [1, 2, 3, 1]
    assert [record["dst_port"] for record in found] == [7, 8, 7, 8]
    found = records(tmp_path, "{at: 2025-01-06T08:00:00Z, every: [1 s, 0.5 min], times: 4, src_addr: 10.0.0.9..11}")
    assert seconds(found) == [0, 1, 31, 32]
    assert [record["src_addr"] for record in found] == ["10.0.0.9", "10.0.0.10", "10.0.0.11", "10.0.0.9"]
    assert seconds(records(tmp_path, "{at: 2025-01-06T08:00:00Z, times: 2}")) == [0, 0]


def test_a_record_is_spread(tmp_path):
    each = "{src_addr: [a, b], dst_port: 1..2}"
    found = records(tmp_path, f"{{at: 2025-01-06T08:00:00Z, every: 1 s, times: 2, each: {each}, octets_out: 5..6}}")
    assert [record["src_addr"] for record in found] == ["a", "a", "b", "b"] * 2
    assert [record["dst_port"] for record in found] == [1, 2, 1, 2] * 2
    assert [record["octets_out"] for record in found] == [5] * 4 + [6] * 4


def test_lines_are_in_the_order_in_which_they_arrive(tmp_path):
    found = lines(
        tmp_path,
        "{at: 2025-01-06T08:00:10Z, every: 10 s, times: 2}",
        "raw: '{\"broken'",
        "{at: 2025-01-06T08:00:05Z, arrives: 2025-01-06T08:00:15Z}",
        "{at: 2025-01-06T08:00:01Z}",
        "{raw: 1..3, arrives: 2025-01-06T08:00:02Z}",
    )
    ends = [int((json.loads(line)["flow_end"] - BEGIN_MS) / 1_000) if "flow" in line else line for line in found]
    assert ends == [1, "1..3", 10, 5, 20, '{"broken']


def test_the_time_of_another_source_is_where_its_header_says(tmp_path):
    given = "{at: 2025-01-06T08:00:02Z, duration: 0.5, id.orig_h: 10.0.0.1}"
    [record] = records(tmp_path, given, source="zeek_conn", defaults="{proto: tcp}")
    assert record == {"ts": BEGIN_MS / 1_000 + 1.5, "duration": 0.5, "id.orig_h": "10.0.0.1", "proto": "tcp"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("goflow2", {"time_flow_end_ns": (BEGIN_MS + 2_250) * 1_000_000}),
        ("pmacct", {"timestamp_end": BEGIN_MS / 1_000 + 2.25}),
        ("nfdump", {"lastSeen": BEGIN_MS + 2_250}),
    ],
)
def test_the_time_is_in_the_unit_of_the_source(source, expected, tmp_path):
    assert records(tmp_path, "{at: 2025-01-06T08:00:02.250Z}", source=source, defaults="{}") == [expected]


def test_every_source_says_when_a_record_ended():
    tables = list(Library().all("source").values())
    assert len(tables) > 1
    assert all(set(source.time[0]) <= set(source.fields) for source in tables)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("{src_addr: 10.0.0.1}", "4:5: a record says when its flow ended; add at:"),
        ("{at: 8:40}", "4:10: 8:40: expected a time such as"),
        ("{at: 2025-01-06T08:00:00Z, src_adr: x}", "4:32: a record of flows has no src_adr; did you mean src_addr?"),
        ("{at: 2025-01-06T08:00:00Z, at: 2025-01-06T08:00:00Z}", "4:32: at is there twice"),
        ("{at: 2025-01-06T08:00:00Z, every: soon}", "4:39: soon: expected a duration such as 30 s"),
        ("{at: 2025-01-06T08:00:00Z, times: 0}", "4:39: expected how many times, from 1 to 10,000"),
        ("{at: 2025-01-06T08:00:00Z, dst_port: [1, 2]}", "4:42: dst_port has 2 values, and the record comes 1 times"),
        ("{at: 2025-01-06T08:00:00Z, dst_port: 9..1}", "4:42: 9..1 is empty; the larger number comes last"),
        ("{at: 2025-01-06T08:00:00Z, each: {dst_port: 1..20000}}", "4:5: these are more than 10,000 records"),
        ("{at: 2025-01-06T08:00:00Z, each: {port: 1}}", "4:39: each has no port; did you mean src_port?"),
        ("{raw: x, at: 2025-01-06T08:00:00Z}", "4:14: a raw line has no at"),
        ("- 1", "4:5: expected keys and values of a record"),
        ("{at: [}", "4:11: this is not YAML: "),
    ],
)
def test_what_is_wrong_with_a_record_is_said_where_it_is(given, message, tmp_path):
    with pytest.raises(UserError) as failure:
        lines(tmp_path, given)
    assert f"fires.yaml:{message}" in str(failure.value)


def test_a_time_is_in_utc_unless_it_says_otherwise():
    for text in ("2025-01-06T08:00", "2025-01-06T08:00:00Z", "2025-01-06T09:00+01:00", "2025-01-06 08:00:00.0"):
        assert epoch_ms(text) == BEGIN_MS
    assert epoch_ms("8:40") is None

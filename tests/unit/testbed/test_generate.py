"""Generated traffic: the same seed gives the same bytes, and plants are in it as the truth says."""

import json
from collections import Counter
from dataclasses import replace
from ipaddress import ip_address
from itertools import pairwise

import pytest
from flowsift.errors import UserError
from flowsift.testbed.formats import FORMATS
from flowsift.testbed.generate import KINDS, Recipe, generate, start_ms, to_file

SMALL = Recipe(duration_s=1_200, hosts=60, rate=20.0, plants=KINDS, malformed=0.0)


def records(recipe):
    blocks, truth = generate(recipe)
    return [json.loads(line) for _, lines in blocks for line in lines], truth


@pytest.fixture(scope="module")
def small():
    return records(SMALL)


@pytest.mark.parametrize("source", FORMATS)
def test_same_seed_same_bytes(tmp_path, source):
    recipe = Recipe(source=source, duration_s=120, rate=30.0, plants=("spike",), malformed=0.01)
    paths = [tmp_path / name for name in "ab"]
    for path in paths:
        to_file(recipe, path, lambda lines, time_ms: None)
    first, second = (path.read_bytes() for path in paths)
    assert first == second and len(first) > 100_000


def test_another_seed_gives_other_bytes():
    assert records(replace(SMALL, seed=1))[0] != records(replace(SMALL, seed=2))[0]


def test_records_are_well_formed_without_damage(small):
    for record in small[0]:
        assert record["flow_start"] <= record["flow_end"]
        assert record["octets_out"] >= 0 and 0 <= record["dst_port"] <= 65_535
    assert {ip_address(r["src_addr"]).version for r in small[0]} == {4, 6}


def test_records_are_out_of_order_as_exporters_write_them(small):
    ends = [record["flow_end"] for record in small[0]]
    late = sum(later < earlier for earlier, later in pairwise(ends))
    assert 0.05 < late / len(ends) < 0.5


def test_every_kind_is_planted(small):
    assert [incident.kind for incident in small[1]] == list(KINDS)


def test_planted_flows_are_in_the_traffic(small):
    flows, truth = small
    by_kind = {incident.kind: incident for incident in truth}

    def during(kind):
        incident = by_kind[kind]
        inside = (r for r in flows if incident.start_ms <= r["flow_end"] < incident.end_ms)
        return [r for r in inside if r["src_addr"] == incident.entity and incident.peer in ("", r["dst_addr"])]

    assert len({r["dst_port"] for r in during("port_scan")}) > 1_000
    assert len({r["dst_addr"] for r in during("host_sweep")}) > 150
    assert sum(r["packets_out"] for r in during("flood")) > 10_000_000
    assert sum(r["octets_out"] for r in during("exfiltration")) > 500_000_000
    assert sum(r["octets_out"] for r in during("spike")) > 500_000_000
    assert len(during("beacon")) >= 10
    assert during("silence") == []


def test_the_port_mix_is_realistic():
    flows, _ = records(Recipe(duration_s=600, rate=50.0, malformed=0.0))
    share = {port: count / len(flows) for port, count in Counter(r["dst_port"] for r in flows).items()}
    assert 0.4 < share[443] < 0.65 and 0.15 < share[53] < 0.4


# Where octets and packets are in a record of each format: names of fields, or positions of values.
COUNTS = {
    "flows": "octets_out packets_out octets_in packets_in",
    "zeek_conn": "orig_ip_bytes orig_pkts resp_ip_bytes resp_pkts",
    "goflow2": "bytes packets",
    "pmacct": "bytes packets",
    "aws_vpc_flow": "9 8",
    "nfdump": "16 15",
    "suricata_eve": "flow/bytes_toserver flow/pkts_toserver flow/bytes_toclient flow/pkts_toclient",
    "ecs": "source/bytes source/packets",
    "gcp_vpc_flow": "jsonPayload/bytes_sent jsonPayload/packets_sent",
    "netobserv": "Bytes Packets",
    "ntopng": "IN_BYTES IN_PKTS OUT_BYTES OUT_PKTS",
}


def value(record, path):
    for part in path.split("/"):
        record = record[int(part) if isinstance(record, list) else part]
    return record


@pytest.mark.parametrize("source", FORMATS)
def test_every_format_has_the_same_traffic(source):
    recipe = Recipe(duration_s=120, rate=30.0, malformed=0.0)
    octets = packets = 0
    for record in records(recipe)[0]:
        answered = record["packets_in"] > 0
        octets += record["octets_out"] + answered * record["octets_in"]
        packets += record["packets_out"] + record["packets_in"]
    form, counts = FORMATS[source], COUNTS[source]
    lines = [line for _, lines in generate(replace(recipe, source=source))[0] for line in lines]
    if form.header:
        assert lines.pop(0) == form.header
    found = [line.split(form.delimiter) if form.delimiter else json.loads(line) for line in lines]
    sums = [sum(int(value(record, path)) for record in found) for path in counts.split()]
    assert (sum(sums[::2]), sum(sums[1::2])) == (octets, packets)


@pytest.mark.parametrize("source", FORMATS)
def test_every_damage_changes_the_line(source):
    recipe = Recipe(source=source, duration_s=120, rate=30.0, malformed=0.0)
    whole, broken = (
        [line for _, lines in generate(replace(recipe, malformed=share))[0] for line in lines] for share in (0.0, 0.3)
    )
    pairs = [(a, b) for a, b in zip(whole, broken, strict=True) if a != b]
    assert len(pairs) > 500
    if not FORMATS[source].header:
        pairs = [(a, b) for a, b in pairs if b.startswith("{") and b.endswith("}")]
    assert any("many" in b for _, b in pairs) and any("99999" in b for _, b in pairs)
    assert any("4102444800000" in b for _, b in pairs)


def test_damage_is_done():
    blocks, _ = generate(Recipe(duration_s=120, rate=50.0, malformed=0.2))
    bad = 0
    for line in (line for _, lines in blocks for line in lines):
        try:
            json.loads(line)
        except ValueError:
            bad += 1
    assert bad > 100


@pytest.mark.parametrize(
    "recipe", [Recipe(source="pcap"), Recipe(plants=("earthquake",)), Recipe(hosts=3)], ids=["format", "kind", "hosts"]
)
def test_a_recipe_that_cannot_be_is_refused(recipe):
    with pytest.raises(UserError):
        generate(recipe)


def test_start_is_utc():
    assert start_ms("2025-01-06T08:00:00", 0) == 1_736_150_400_000

"""Generated traffic: the same seed gives the same bytes, and plants are in it as the truth says."""

import json
from collections import Counter
from dataclasses import replace
from ipaddress import ip_address
from itertools import pairwise

import pytest
from flowsift.errors import UserError
from flowsift.testbed.generate import FORMATS, KINDS, Recipe, generate, start_ms, to_file

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

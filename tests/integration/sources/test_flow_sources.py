"""What exporters and collectors write, read as it is."""

import json
import random
import re
from collections import Counter

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.project import SQL_ROOT
from flowsift.engine.endpoints import FileOutput, parse_files
from flowsift.engine.job import Run
from flowsift.engine.results import rows
from flowsift.testbed.formats import FORMATS
from flowsift.testbed.generate import Recipe, generate

from tests.conftest import SHARED_DATA
from tests.integration.sources.flow_lines import SOURCES as FLOW_SOURCES
from tests.integration.sources.json_lines import JSON_SOURCES
from tests.support.records import mutated

SOURCES = FLOW_SOURCES | JSON_SOURCES
AS_READ = """-- Every flow as it was read.
-- grain:  one row per flow
-- misses: nothing
CREATE VIEW as_read AS
SELECT
  epoch_ms(flow_start) AS start_ms, epoch_ms(flow_end) AS end_ms, src_addr, src_port, dst_addr, dst_port, protocol,
  service, octets_out, packets_out, octets_in, packets_in, is_reply, conn_state, tcp_flags, src_as, dst_as, exporter,
  flow_id
FROM flows
"""


@pytest.fixture
def read(tmp_path, run_short):
    """read(source, lines, *analyses, **parameters) runs a job over a file of lines, and returns a reader of sinks."""
    tree = tmp_path / "sql"
    (tree / "analyses" / "statistics").mkdir(parents=True)
    (tree / "analyses" / "statistics" / "as_read.sql").write_text(AS_READ)

    def start(source, lines, *analyses, **parameters):
        path = tmp_path / "input"
        path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")
        request = Run(source, parse_files(str(path)), FileOutput(tmp_path / "results"), list(analyses), parameters)
        run_short(request, {"execution.checkpointing.interval": "300 ms"}, library=Library(SQL_ROOT, tree))
        return lambda sink: list(rows(tmp_path / "results" / sink))

    return start


@pytest.mark.parametrize("source", SOURCES)
def test_records_of_a_source(source, read):
    lines, parameters, flows, skipped, dead = SOURCES[source]
    sink = read(source, lines, "as_read", **parameters)
    assert sorted(row["reject_reason"] for row in sink("dead_letters")) == dead
    found = {sent(row): row for row in sink("as_read")}
    assert found.keys() == flows.keys()
    for octets, expected in flows.items():
        assert {name: found[octets][name] for name in expected} == expected, octets
    assert dict(Counter({row["skip_reason"]: row["skipped"] for row in sink("skipped_records")})) == skipped
    [ledger] = sink("ledger")
    counts = tuple(ledger[name] for name in ("received", "accepted", "late", "dead", "skipped"))
    assert counts == (len(lines), len(flows), 0, len(dead), sum(skipped.values()))


def sent(row, what="octets"):
    """What the sender of a record sent: of a reply it came back."""
    return row[f"{what}_in"] if row["is_reply"] else row[f"{what}_out"]


def generated(source, **recipe):
    blocks, _ = generate(Recipe(source=source, **recipe))
    return [line for _, lines in blocks for line in lines]


@pytest.mark.parametrize("source", SOURCES)
def test_generated_traffic_has_the_same_totals_in_every_format(source, read):
    traffic = {"duration_s": 300, "rate": 20.0, "malformed": 0.0}
    flows = [json.loads(line) for line in generated("flows", **traffic)]
    # A format of one direction has a second record for what came back.
    answered = [flow for flow in flows if flow["packets_in"] > 0] if FORMATS[source].is_one_way else []
    lines = generated(source, **traffic)
    sink = read(source, lines, "traffic_totals", WATERMARK_DELAY_SECONDS="3600")
    [ledger] = sink("ledger")
    skipped = 1 if FORMATS[source].header else 0
    counts = tuple(ledger[name] for name in ("received", "accepted", "late", "dead", "skipped"))
    assert counts == (len(lines), len(flows) + len(answered), 0, 0, skipped)
    [total] = [row for row in sink("traffic_totals") if row["entity"] == "all"]
    assert (total["flow_count"], total["octets"], total["packets"]) == (
        len(flows) + len(answered),
        sum(flow["octets_out"] + flow["octets_in"] for flow in flows),
        sum(flow["packets_out"] + flow["packets_in"] for flow in flows),
    )


NUMBERS = [
    b"9" * 19,
    b"9" * 400,
    b"-1",
    b"1e400",
    b"1e19",
    b"NaN",
    b"0x1f",
    b"7.5",
    b"true",
    b"null",
    b'"many"',
    b"[[1]]",
]


def damaged(source, count):
    """Lines of a source with wrong types, huge numbers, flipped octets, and cut off."""
    dice = random.Random(5)
    whole = [line.encode() for line in generated(source, duration_s=60, rate=20.0, malformed=0.3)]
    for _ in range(count):
        line = dice.choice(whole)
        if dice.random() < 0.5:
            found = dice.choice(list(re.finditer(rb"\d+", line)) or [re.match(b"", line)])
            line = line[: found.start()] + dice.choice(NUMBERS) + line[found.end() :]
        yield mutated(dice, line) if dice.random() < 0.7 else line


@pytest.mark.parametrize("source", SOURCES)
def test_every_damaged_line_of_a_source_is_accounted_for(source, read):
    sink = read(source, list(damaged(source, 4_000)), "traffic_totals")
    [ledger] = sink("ledger")
    assert ledger["received"] >= 3_900 and ledger["accepted"] + ledger["late"] > 300 and ledger["dead"] > 1_000
    assert ledger["received"] == ledger["accepted"] + ledger["late"] + ledger["dead"] + ledger["skipped"]
    assert len(sink("dead_letters")) == ledger["dead"]


def real(name):
    folder = SHARED_DATA / "formats" / name
    if not folder.exists():
        pytest.skip(f"the real records of {name} are not here")
    return [line for path in sorted(folder.iterdir()) for line in path.read_text().splitlines()]


def test_real_records_of_goflow2(read):
    lines = real("goflow2_json")
    found = read("goflow2", lines, "as_read")("as_read")
    sampled = [json.loads(line) for line in lines]
    assert sum(map(sent, found)) == sum(r["bytes"] * r["sampling_rate"] for r in sampled)
    assert sum(sent(row, "packets") for row in found) == sum(r["packets"] * r["sampling_rate"] for r in sampled)


def test_real_records_of_pmacct(read):
    lines = real("pmacct_json")
    sink = read("pmacct", lines, "as_read", WATERMARK_DELAY_SECONDS="100000000")
    every = [json.loads(line) for line in lines]
    timed = [record for record in every if "timestamp_end" in record]
    ends = Counter(round(1_000 * float(record["timestamp_end"])) for record in timed)
    found = sink("as_read")
    assert len(timed) > 40 and Counter(row["end_ms"] for row in found) == ends
    for ours, theirs in (("octets_out", "bytes"), ("packets_out", "packets")):
        assert sum(row[ours] for row in found) == sum(record[theirs] for record in timed)
    dead = Counter(row["reject_reason"] for row in sink("dead_letters"))
    assert dead == {"flow_end is missing": len(every) - len(timed)}


def test_real_records_of_aws(read):
    lines = real("aws_vpc_flow")
    sink = read("aws_vpc_flow", lines, "as_read")
    cells = [line.split(" ") for line in lines]
    flows = [values for values in cells if values[-1] == "OK"]
    found = sink("as_read")
    assert sum(row["octets_out"] for row in found) == sum(int(values[9]) for values in flows)
    assert sum(row["packets_out"] for row in found) == sum(int(values[8]) for values in flows)
    assert sorted(row["conn_state"] or "" for row in found) == ["", "REJ"]
    skipped = {row["skip_reason"]: row["skipped"] for row in sink("skipped_records")}
    assert skipped == {"a header line": 2, "an interface without traffic": 1}


def test_real_records_of_suricata(read):
    lines = real("suricata_eve")
    sink = read("suricata_eve", lines, "as_read", WATERMARK_DELAY_SECONDS="100000000")
    found = sink("as_read")
    events = [json.loads(line) for line in lines]
    counted = [event["flow"] for event in events if event["event_type"] == "flow"]
    for ours, theirs in (("octets_out", "bytes_toserver"), ("octets_in", "bytes_toclient")):
        assert sum(row[ours] for row in found) == sum(flow[theirs] for flow in counted)
    for ours, theirs in (("packets_out", "pkts_toserver"), ("packets_in", "pkts_toclient")):
        assert sum(row[ours] for row in found) == sum(flow[theirs] for flow in counted)
    assert sum(row["skipped"] for row in sink("skipped_records")) == len(lines) - len(counted)


@pytest.mark.parametrize(
    ("source", "folder", "octets"),
    [
        ("gcp_vpc_flow", "gcp_vpc_flow", lambda record: int(record["jsonPayload"]["bytes_sent"])),
        ("netobserv", "netobserv_json", lambda record: record.get("Bytes", 0)),
        ("ntopng", "ntopng_json", lambda record: record["IN_BYTES"]),
    ],
)
def test_real_records_of_json_sources(source, folder, octets, read):
    lines = real(folder)
    found = read(source, lines, "as_read", WATERMARK_DELAY_SECONDS="100000000")("as_read")
    assert len(found) == len(lines)
    assert sum(map(sent, found)) == sum(octets(json.loads(line)) for line in lines)

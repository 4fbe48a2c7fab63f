"""What goflow2, pmacct, AWS and nfdump write, read as it is."""

from collections import Counter

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.project import SQL_ROOT
from flowsift.engine.endpoints import FileOutput, parse_files
from flowsift.engine.job import Run
from flowsift.engine.results import rows

from tests.integration.sources.flow_lines import SOURCES

AS_READ = """-- Every flow as it was read.
-- grain:  one row per flow
-- misses: nothing
CREATE VIEW as_read AS
SELECT
  epoch_ms(flow_start) AS start_ms, epoch_ms(flow_end) AS end_ms, src_addr, src_port, dst_addr, dst_port, protocol,
  octets_out, packets_out, octets_in, packets_in, is_reply, conn_state, tcp_flags, src_as, dst_as, exporter
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
    found = {row["octets_out"]: row for row in sink("as_read")}
    assert found.keys() == flows.keys()
    for octets, expected in flows.items():
        assert {name: found[octets][name] for name in expected} == expected, octets
    assert dict(Counter({row["skip_reason"]: row["skipped"] for row in sink("skipped_records")})) == skipped
    [ledger] = sink("ledger")
    counts = tuple(ledger[name] for name in ("received", "accepted", "late", "dead", "skipped"))
    assert counts == (len(lines), len(flows), 0, len(dead), sum(skipped.values()))

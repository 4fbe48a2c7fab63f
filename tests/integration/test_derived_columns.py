"""The derived columns of flows, over IPv4 and IPv6, with networks and states that are unusual."""

import json
import shutil
from pathlib import Path

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.project import SQL_ROOT
from flowsift.engine.endpoints import FileOutput, parse_files
from flowsift.engine.job import Run
from flowsift.engine.results import rows

from tests.support.records import GOOD

DERIVED = """-- The derived columns of every flow.
-- grain:  one row per flow
-- misses: nothing
CREATE VIEW derived AS
SELECT flow_id, service_name, is_src_local, is_dst_local, direction, is_failed, is_answered FROM flows
"""
WITHOUT_STATE = {"octets_in": None, "packets_in": None}
# Of each flow: what differs from a good record, and its derived columns, with the networks 10/8 and 2001:db8::/32.
EXPECTED = [
    ({"service": "tls"}, ("tls", True, True, "internal", False, True)),
    ({"dst_addr": "2001:db9::1", "conn_state": "SF"}, ("tcp/443", True, False, "outbound", False, True)),
    ({"src_addr": "110.0.0.1", "packets_in": 0, "conn_state": "S0"}, ("tcp/443", False, True, "inbound", True, False)),
    (
        {"src_addr": "192.168.0.1", "dst_addr": "100.1.2.3", "protocol": "UDP", "conn_state": "REJ", **WITHOUT_STATE},
        ("udp/443", False, False, "transit", True, None),
    ),
    ({"protocol": "ICMP", "conn_state": "OTH"}, ("icmp", True, True, "internal", False, True)),
    ({"protocol": "sctp", "dst_port": None, "conn_state": "RSTO"}, ("sctp", True, True, "internal", False, True)),
]


@pytest.fixture
def library(tmp_path) -> Library:
    tree = Path(shutil.copytree(SQL_ROOT, tmp_path / "sql"))
    (tree / "analyses" / "statistics" / "derived.sql").write_text(DERIVED)
    return Library(tree)


def test_each_flow_has_its_derived_columns(library, run_short, tmp_path):
    path, output = tmp_path / "flows.jsonl", FileOutput(tmp_path / "results")
    records = [GOOD | {"flow_id": str(i)} | changes for i, (changes, _) in enumerate(EXPECTED)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    request = Run("flows", parse_files(str(path)), output, ["derived"], {"LOCAL_NETWORKS": "10.0.0.0/8, 2001:db8::/32"})
    run_short(request, {"execution.checkpointing.interval": "300 ms"}, library=library)
    found = {row.pop("flow_id"): tuple(row.values()) for row in rows(output.folder / "derived")}
    assert found == {str(i): derived for i, (_, derived) in enumerate(EXPECTED)}

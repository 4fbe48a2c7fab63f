"""Clusters of hosts as a job finds them, beside the roles that the generator gave them."""

import json
from datetime import datetime, timezone
from itertools import groupby
from operator import itemgetter

import cloudpickle
import numpy as np
import pytest
from flowsift.catalog.library import Library
from flowsift.cli.main import main
from flowsift.engine.endpoints import FileOutput, parse_input
from flowsift.engine.job import Job, Run
from flowsift.testbed.traffic import Network
from sklearn.metrics import adjusted_rand_score

from tests.support.reference import judge, table
from udfs.learners.host_clusters import Model, Settings, step

HOSTS, SEED = 150, 9
COUNTS = """
    WITH sent AS (
      SELECT time_bucket(INTERVAL 5 MINUTE, flow_end) AS window_start, src_addr AS host, count(*) AS flows,
        count(*) FILTER (conn_state IN ('S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH', 'SHR')) AS failed,
        sum(octets_out) AS octets_sent, sum(octets - octets_out) AS octets_received,
        count(DISTINCT dst_addr) AS peers, count(DISTINCT dst_port) AS ports
      FROM flows GROUP BY ALL
    ), minutes AS (
      SELECT time_bucket(INTERVAL 5 MINUTE, flow_end) AS window_start, src_addr AS host, count(*) ** 2 AS square
      FROM flows GROUP BY window_start, host, date_trunc('minute', flow_end)
    ), received AS (
      SELECT time_bucket(INTERVAL 5 MINUTE, flow_end) AS window_start, dst_addr AS host, count(*) AS flows_in,
        sum(octets) AS octets_in, count(DISTINCT src_addr) AS peers_in, count(DISTINCT dst_port) AS ports_in
      FROM flows GROUP BY ALL
    )
    SELECT epoch_ms(window_start) + 300_000, host, flows, failed, octets_sent, octets_received, peers, ports,
      (SELECT sum(square) FROM minutes WHERE minutes.window_start = sent.window_start AND minutes.host = sent.host),
      coalesce(flows_in, 0), coalesce(octets_in, 0), coalesce(peers_in, 0), coalesce(ports_in, 0)
    FROM sent LEFT JOIN received USING (window_start, host) ORDER BY window_start, host
"""


def test_an_hour_of_traffic_shows_the_roles(tmp_path, run_files):
    path = tmp_path / "traffic.jsonl"
    size = ["--hosts", str(HOSTS), "--rate", "20", "--duration", "62m", "--seed", str(SEED)]
    assert main(["generate", "--source", "flows", "--output", str(path), *size]) == 0
    sink = run_files(path, "host_clusters", "cluster_changes", WATERMARK_DELAY_SECONDS="15", WATERMARK_RECORDS="1")
    network = Network(HOSTS, np.random.default_rng(SEED))
    roles = dict(zip(network.addresses, network.roles))
    rows = sink("host_clusters")
    last = [row for row in rows if row["window_end"] == "2025-01-06T09:00:00"]
    assert len(last) > 0.95 * HOSTS
    assert adjusted_rand_score([roles[row["entity"]] for row in last], [row["cluster_id"] for row in last]) >= 0.9
    assert sink("cluster_changes") == []
    assert len({(row["entity"], row["cluster_id"]) for row in rows}) == len({row["entity"] for row in rows})
    accepted, _, _ = judge(path.read_text().splitlines(), delay_s=15)
    found = {(row["window_end"], row["entity"]): row for row in rows}
    expected = learned(table(accepted, tmp_path))
    assert found.keys() == expected.keys()
    for key, reported in expected.items():
        assert {name: found[key][name] for name in ("cluster_id", "cluster_size", "description")} == {
            "cluster_id": reported.cluster_id,
            "cluster_size": reported.cluster_size,
            "description": reported.description,
        }
        assert found[key]["distance"] == pytest.approx(reported.distance, rel=1e-9)


def learned(database):
    """What is reported of each host, by (end of its window, host), of what DuckDB counts."""
    reported, model = {}, Model()
    for window_end_ms, rows in groupby(database.execute(COUNTS).fetchall(), key=itemgetter(0)):
        _, hosts, *counts = zip(*rows)
        model, assignments = step(model, window_end_ms, hosts, np.array(counts, dtype=float).T, Settings())
        window_end = datetime.fromtimestamp(window_end_ms / 1_000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
        reported |= {(window_end, assignment.host): assignment for assignment in assignments}
    return reported


def test_what_learns_reads_the_same_scan_as_all_else_and_needs_only_udfs(tmp_path, monkeypatch):
    sent_to_workers = []
    dumps = cloudpickle.dumps
    monkeypatch.setattr(cloudpickle, "dumps", lambda what: sent_to_workers.append(dumps(what)) or sent_to_workers[-1])
    (tmp_path / "traffic.jsonl").write_text("{}\n")
    source = parse_input(str(tmp_path / "traffic.jsonl"), bounded=True, properties={})
    job = Job(Run("flows", source, FileOutput(tmp_path / "out"), ["host_clusters", "host_anomalies"]), Library(), {})
    job.translate()
    graph = job.pipeline.streams._j_stream_execution_environment.getStreamGraph(False)
    types = [node["type"] for node in json.loads(graph.getStreamingPlanAsJSON())["nodes"]]
    assert [kind.split("[")[0] for kind in types if kind.startswith("Source")] == ["Source: records_in"]
    assert len(sent_to_workers) > 1 and not [function for function in sent_to_workers if b"flowsift." in function]

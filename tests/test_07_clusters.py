"""Clusters of hosts as a job finds them, beside the roles that the generator gave them."""

import json

import cloudpickle
import numpy as np
from sklearn.metrics import adjusted_rand_score

from jobs.cli import main
from jobs.endpoints import FileOutput, parse_input
from jobs.job import Job, Run
from jobs.library import Library
from jobs.traffic import Network

HOSTS, SEED = 150, 9


def test_an_hour_of_traffic_shows_the_roles(tmp_path, run_files):
    path = tmp_path / "traffic.jsonl"
    size = ["--hosts", str(HOSTS), "--rate", "20", "--duration", "62m", "--seed", str(SEED)]
    assert main(["generate", "--source", "flows", "--output", str(path), *size]) == 0
    sink = run_files(path, "host_clusters", "cluster_changes")
    network = Network(HOSTS, np.random.default_rng(SEED))
    roles = dict(zip(network.addresses, network.roles))
    rows = sink("host_clusters")
    last = [row for row in rows if row["window_end"] == "2025-01-06T09:00:00"]
    assert len(last) > 0.95 * HOSTS
    assert adjusted_rand_score([roles[row["host"]] for row in last], [row["cluster_id"] for row in last]) >= 0.9
    assert sink("cluster_changes") == []
    assert len({(row["host"], row["cluster_id"]) for row in rows}) == len({row["host"] for row in rows})


def test_what_learns_reads_the_same_scan_as_all_else_and_needs_only_udfs(tmp_path, monkeypatch):
    sent_to_workers = []
    dumps = cloudpickle.dumps
    monkeypatch.setattr(cloudpickle, "dumps", lambda what: sent_to_workers.append(dumps(what)) or sent_to_workers[-1])
    (tmp_path / "traffic.jsonl").write_text("{}\n")
    source = parse_input(str(tmp_path / "traffic.jsonl"), bounded=True, properties={})
    job = Job(Run("flows", source, FileOutput(tmp_path / "out"), ["host_clusters", "octet_anomalies"]), Library(), {})
    job.translate()
    graph = job.pipeline.streams._j_stream_execution_environment.getStreamGraph(False)
    types = [node["type"] for node in json.loads(graph.getStreamingPlanAsJSON())["nodes"]]
    assert sorted(kind.split("[")[0] for kind in types if kind.startswith("Source")) == [
        "Source: messages_in",
        "Source: records_in",
    ]
    assert len(sent_to_workers) > 1 and not [function for function in sent_to_workers if b"jobs." in function]

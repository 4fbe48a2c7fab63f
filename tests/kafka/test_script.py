"""What `run --print` prints is a script that Flink's own sql-client runs as it is, with the same results."""

import pytest
from flowsift.cli.main import main
from flowsift.report import topics
from flowsift.testbed.clusters import SQL_CLIENT_JARS
from flowsift.testbed.generate import Recipe, to_file

from tests.support.kafka import create


def test_the_sql_client_runs_the_script(tmp_path, broker, cluster, run_files, capsys):
    if not any(SQL_CLIENT_JARS.glob("*.jar")):
        pytest.skip("no sql-client: its jar needs Maven; make jars")
    traffic, script = tmp_path / "traffic.jsonl", tmp_path / "script.sql"
    to_file(Recipe(duration_s=1_200, rate=20.0, hosts=60, plants=("spike",)), traffic, lambda *_: None)
    arguments = ["host_anomalies", "traffic_totals", "--source", "flows", "--input", str(traffic)]
    arguments += ["--output", f"kafka://{broker}", "--topic-prefix", "scripted.", "--set", "MIN_SAMPLES=3"]
    arguments += ["--set", "SPREAD_LONG_FLOWS=off"]
    for sink in ("host_anomalies", "traffic_totals", "late_flows", "dead_letters"):
        create(broker, f"scripted.{sink}")
    assert main(["run", *arguments, "--print"]) == 0
    script.write_text(capsys.readouterr().out)
    answer = cluster.sql_client(script)
    assert answer.returncode == 0 and "[ERROR]" not in answer.stdout, answer.stdout + answer.stderr
    sinks = run_files(traffic, "host_anomalies", "traffic_totals", MIN_SAMPLES="3", SPREAD_LONG_FLOWS="off")
    expected = sinks("host_anomalies")
    assert expected and in_order(topics.rows(broker, "scripted.host_anomalies")) == in_order(expected)
    assert in_order(topics.rows(broker, "scripted.dead_letters")) == in_order(sinks("dead_letters"))
    assert in_order(topics.rows(broker, "scripted.traffic_totals")) == in_order(sinks("traffic_totals"))


def in_order(rows):
    return sorted(map(str, rows))

"""A real broker and a real standalone cluster: flink run, exactly once, compared with exact results."""

import json
import re
import subprocess
import sys

import pytest
from confluent_kafka import Producer
from flowsift.cli.main import main
from flowsift.engine import results
from flowsift.report import topics
from flowsift.testbed.generate import KINDS, Recipe, to_kafka

from tests.support.environment import START_ENVIRONMENT
from tests.support.exact import QUERIES, compare
from tests.support.kafka import create, partitions_of
from tests.support.reference import judge, table


@pytest.fixture(scope="module")
def traffic(broker):
    create(broker, "flows")
    recipe = Recipe(duration_s=1_800, rate=40.0, hosts=80, plants=KINDS, malformed=0.002, seed=5)
    to_kafka(recipe, broker, "flows", {}, None, lambda lines, time_ms: None)
    return partitions_of(broker, "flows")


def test_flink_run_on_a_standalone_cluster_is_exact(broker, cluster, traffic, tmp_path):
    arguments = ["--source", "flows", "--input", f"kafka://{broker}/flows", "--output", f"kafka://{broker}"]
    analyses = ["traffic_totals", "traffic_per_10s", "host_sessions", "host_anomalies"]
    newest_decides = ["--set", "WATERMARK_DELAY_SECONDS=15", "--set", "WATERMARK_RECORDS=1"]
    submitted = cluster.run([*analyses, *arguments, *newest_decides, "--bounded"])
    assert submitted.returncode == 0, submitted.stdout + submitted.stderr
    accepted, late, dead = [], 0, 0
    for lines in traffic.values():
        good, late_here, dead_here = judge(lines, delay_s=15)
        accepted, late, dead = accepted + good, late + late_here, dead + dead_here
    ledger = topics.rows(broker, "ledger")
    totals = [sum(row[name] for row in ledger) for name in ("received", "accepted", "late", "dead")]
    assert totals == [sum(map(len, traffic.values())), len(accepted), late, dead]
    assert all(row["received"] == row["accepted"] + row["late"] + row["dead"] + row["skipped"] for row in ledger)
    letters = topics.rows(broker, "dead_letters")
    assert len(letters) == dead
    for letter in letters:
        assert traffic[letter["record_partition"]][letter["record_offset"]] == letter["raw_text"]
    compare(table(accepted, tmp_path), lambda sink: topics.rows(broker, sink), analyses[:-1])
    assert {row["entity"] for row in topics.rows(broker, "host_anomalies")}


def test_kafka_in_files_out_on_the_mini_cluster(broker, traffic, tmp_path, capsys):
    arguments = ["run", "traffic_totals", "--source", "flows", "--input", f"kafka://{broker}/flows", "--bounded"]
    assert main([*arguments, "--output", str(tmp_path / "out")]) == 0
    assert "every record is accounted for" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--bounded"], ["host_anomalies", "cluster_changes", "unusual_behaviour"]])
def test_one_source_a_topic_and_format_however_many_analyses(arguments, broker, traffic, capsys):
    where = ["--source", "flows", "--input", f"kafka://{broker}/flows", "--output", f"kafka://{broker}"]
    assert main(["run", *arguments, *where, "--explain"]) == 0
    plan = capsys.readouterr().out.split("== Optimized Execution Plan ==")[1]
    scanned = re.findall(r"TableSourceScan\(table=\[\[\w+, \w+, (\w+)", plan)
    # What a learner made stands for a scan of its own, but reads timed_records.
    assert sorted(scanned) == ["clustered_hosts", "learned_behaviour", "record_counts", "timed_records"]


def test_every_source_can_be_planned_without_end(broker, traffic, capsys):
    where = ["--source", "zeek_conn", "--input", f"kafka://{broker}/flows", "--output", f"kafka://{broker}"]
    assert main(["run", "host_anomalies", "host_clusters", *where, "--explain"]) == 0
    assert "sinks.host_anomalies" in capsys.readouterr().out


def test_a_message_of_several_lines_is_several_records(broker, tmp_path):
    create(broker, "lines", 1)
    recipe = Recipe(lines_per_message=20, duration_s=600, rate=20.0, malformed=0.01)
    to_kafka(recipe, broker, "lines", {}, None, lambda lines, time_ms: None)
    lines = [line for message in partitions_of(broker, "lines")[0] for line in message.split("\n")]
    accepted, late, dead = judge(lines, delay_s=15)
    arguments = ["run", *QUERIES, "--source", "flows", "--input", f"kafka://{broker}/lines", "--bounded"]
    arguments += ["--set", "WATERMARK_DELAY_SECONDS=15", "--set", "WATERMARK_RECORDS=1"]
    assert main([*arguments, "--output", str(tmp_path / "out")]) == 0
    ledger = results.rows(tmp_path / "out" / "ledger")
    totals = [sum(row[name] for row in ledger) for name in ("received", "accepted", "late", "dead")]
    assert totals == [len(lines), len(accepted), late, dead]
    compare(table(accepted, tmp_path), lambda sink: results.rows(tmp_path / "out" / sink))


def test_an_empty_message_is_a_dead_letter(broker, tmp_path):
    create(broker, "tombstones", 1)
    producer = Producer({"bootstrap.servers": broker})
    producer.produce("tombstones", None, key=b"k")
    producer.produce("tombstones", b"\xff\xfe")
    producer.flush(10)
    arguments = ["run", "traffic_totals", "--source", "flows", "--input", f"kafka://{broker}/tombstones", "--bounded"]
    assert main([*arguments, "--output", str(tmp_path / "out")]) == 0
    [ledger] = [json.loads(line) for line in (tmp_path / "out" / "ledger" / "part-latest-0-0").read_text().splitlines()]
    assert (ledger["received"], ledger["dead"]) == (2, 2)


def test_traffic_cannot_be_sent_to_a_broker_that_is_not_there(capsys):
    assert main(["generate", "--output", "kafka://127.0.0.1:1/t"]) == 2
    assert "\nflowsift: cannot reach Kafka at 127.0.0.1:1" in "\n" + capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "message"),
    [("{broker}/nowhere", "topic nowhere does not exist"), ("127.0.0.1:1/flows", "cannot use Kafka at 127.0.0.1:1")],
)
def test_a_missing_topic_or_broker_is_one_line_within_seconds(broker, address, message, tmp_path):
    command = [sys.executable, "-m", "flowsift.cli.main", "run", "--source", "flows", "--output", str(tmp_path / "out")]
    command += ["--input", f"kafka://{address.format(broker=broker)}", "--property", "client.id=hush-hush"]
    # A process of its own, as a user starts it: nothing of this one's JVM.
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env=START_ENVIRONMENT)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert "hush-hush" not in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr and "\tat " not in ended.stderr

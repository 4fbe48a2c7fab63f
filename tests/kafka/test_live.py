"""Jobs without an end on a real cluster: a machine that fails, a savepoint, an edit, a partition that falls silent."""

import json
import time
import urllib.request

import pytest
from confluent_kafka import Producer
from flowsift.cli.main import main
from flowsift.engine.flink.operator_ids import saved_state
from flowsift.report import topics
from flowsift.testbed.generate import KINDS, Recipe, to_kafka

from tests.support.exact import compare
from tests.support.kafka import create, partitions_of
from tests.support.records import GOOD, NOW
from tests.support.reference import judge, table

# What tells apart the rows of what learners, whose state is one value, have learned.
LEARNED = {"host_clusters": ("window_start", "entity"), "next_services": ("window_start", "entity", "rank")}
COLUMNS = ("received", "accepted", "late", "dead")

# One flow far ahead then closes the windows of all others.
NEWEST_DECIDES = ["--set", "WATERMARK_RECORDS=1"]


def flow(time_ms):
    return json.dumps(GOOD | {"flow_start": time_ms, "flow_end": time_ms}).encode()


def send(broker, topic, partition, times_ms):
    producer = Producer({"bootstrap.servers": broker})
    for time_ms in times_ms:
        producer.produce(topic, flow(time_ms), partition=partition)
    producer.flush(10)


def eventually(what, wanted, timeout_s=180):
    deadline = time.monotonic() + timeout_s
    while (found := what()) != wanted and time.monotonic() < deadline:
        time.sleep(1)
    assert found == wanted


def ledger(broker, prefix):
    rows = topics.rows(broker, f"{prefix}ledger")
    return tuple(sum(row[name] for row in rows) for name in COLUMNS)


def submit(broker, cluster, topic, *arguments, savepoint=None):
    """Start a job over a topic whose sinks carry the topic's name; returns its id."""
    where = ["--source", "flows", "--input", f"kafka://{broker}/{topic}", "--output", f"kafka://{broker}"]
    naming = ["--topic-prefix", f"{topic}.", "--name", topic, "--flink", "execution.checkpointing.interval=4 s"]
    submitted = cluster.run([*arguments, *where, *naming], savepoint=savepoint)
    assert submitted.returncode == 0, submitted.stdout + submitted.stderr
    return submitted.stdout.split("submitted as job ")[1].split()[0]


def stop(cluster, job, folder, *, drain=False):
    """Stop with a savepoint in `folder`; returns where it is."""
    body = json.dumps({"targetDirectory": folder.as_uri(), "drain": drain}).encode()
    address = f"http://{cluster.rest}/jobs/{job}"
    headers = {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{address}/stop", body, headers), timeout=10) as answer:
        trigger = json.load(answer)["request-id"]

    def progress():
        with urllib.request.urlopen(f"{address}/savepoints/{trigger}", timeout=10) as answer:
            return json.load(answer)

    eventually(lambda: progress()["status"]["id"], "COMPLETED")
    return progress()["operation"]["location"]


def went_on(cluster, job):
    """Whether the job went on from a checkpoint, be it more than once: a busy machine may fail it again."""
    return checkpoints(cluster, job)["restored"] > 0


def checkpoints(cluster, job):
    """How many checkpoints there were, by what became of them."""
    with urllib.request.urlopen(f"http://{cluster.rest}/jobs/{job}/checkpoints", timeout=10) as answer:
        return json.load(answer)["counts"]


def test_nothing_is_lost_or_doubled_when_a_machine_fails(broker, cluster, tmp_path):
    create(broker, "crashed")
    first, second = (
        Recipe(duration_s=1_200, rate=40.0, hosts=60, plants=KINDS, malformed=0.002, seed=seed, start_ms=start_ms)
        for seed, start_ms in ((5, NOW), (6, NOW + 1_200_000))
    )
    job = submit(broker, cluster, "crashed", "--set", "WATERMARK_DELAY_SECONDS=3600", *NEWEST_DECIDES)
    to_kafka(first, broker, "crashed", {}, None, lambda lines, time_ms: None)
    eventually(lambda: len(topics.rows(broker, "crashed.dead_letters")) > 50, True)
    cluster.crash_task_manager()
    to_kafka(second, broker, "crashed", {}, None, lambda lines, time_ms: None)
    lines = [line for partition in partitions_of(broker, "crashed").values() for line in partition]
    accepted, late, dead = judge(lines, delay_s=10**6)
    assert late == 0 and dead > 50
    # Two flows much later close the windows of all others, and stay in windows of their own.
    for partition in (0, 1):
        send(broker, "crashed", partition, [NOW + 86_400_000])
    eventually(lambda: ledger(broker, "crashed."), (len(lines) + 2, len(accepted), 0, dead))
    assert went_on(cluster, job)
    cluster.cancel(job)
    compare(table(accepted, tmp_path), lambda sink: topics.rows(broker, f"crashed.{sink}"))
    assert len(topics.rows(broker, "crashed.dead_letters")) == dead
    for sink, key in LEARNED.items():
        reported = [tuple(row[name] for name in key) for row in topics.rows(broker, f"crashed.{sink}")]
        assert reported and len(reported) == len(set(reported)), sink


def test_an_edit_keeps_the_state_of_all_that_it_does_not_concern(broker, cluster, tmp_path, capsys):
    create(broker, "edited")
    analyses = ("traffic_per_10s", "host_anomalies", "host_sessions", "host_clusters")
    learning = {"MINUTES": 1, "WARM_UP_MINUTES": 6, "HALF_LIFE_MINUTES": 5}
    settings = [word for name, value in learning.items() for word in ("--set", f"HOST_CLUSTERS_{name}={value}")]
    settings += ["--set", "WATERMARK_DELAY_SECONDS=120", *NEWEST_DECIDES]  # no flow is late, whichever is read first
    first, second = (
        Recipe(duration_s=660, rate=40.0, hosts=60, malformed=0.002, seed=5, start_ms=NOW + begin_ms)
        for begin_ms in (0, 660_000)
    )

    def clusters():
        return topics.rows(broker, "edited.host_clusters")

    job = submit(broker, cluster, "edited", *analyses, *settings)
    to_kafka(first, broker, "edited", {}, None, lambda lines, time_ms: None)
    eventually(lambda: len({row["window_start"] for row in clusters()}), 3)
    savepoint = stop(cluster, job, tmp_path)
    before = {row["entity"]: row["cluster_id"] for row in clusters()}
    assert len(set(before.values())) > 1
    assert all(" " in uid for uid in saved_state(savepoint))  # none has only an id of Flink's
    # Another history is other state: Flink refuses to drop the old one unasked, and the check says which it is.
    history = ["--set", "HISTORY_MINUTES=45"]
    assert main(["check", "host_anomalies", "--against", savepoint, *settings, *history]) == 1
    reported = capsys.readouterr().out
    assert "lost: 1 operators" in reported and "OverAggregate(partitionBy=[src_addr]" in reported
    assert "Then begins again: host_anomalies. Windows" in reported
    with pytest.raises(AssertionError, match="Cannot map checkpoint/savepoint state"):
        submit(broker, cluster, "edited", *analyses, *settings, *history, savepoint=savepoint)
    # Another analysis and another threshold lose nothing, and the check knows before.
    settings += ["--set", "Z_THRESHOLD=4"]
    assert main(["check", "traffic_today", "--against", savepoint, *settings]) == 0
    reported = capsys.readouterr().out
    assert "lost" not in reported and "new: traffic_today" in reported and "The edited job goes on" in reported
    job = submit(broker, cluster, "edited", *analyses, "traffic_today", *settings, savepoint=savepoint)
    to_kafka(second, broker, "edited", {}, None, lambda lines, time_ms: None)
    lines = [line for partition in partitions_of(broker, "edited").values() for line in partition]
    accepted, _, dead = judge(lines, delay_s=10**6)
    for partition in (0, 1):
        send(broker, "edited", partition, [NOW + 86_400_000])
    eventually(lambda: ledger(broker, "edited."), (len(lines) + 2, len(accepted), 0, dead))
    # A model that began again would be silent for the length of its warm-up.
    eventually(lambda: len({row["window_start"] for row in clusters()}) > 11, True)
    assert went_on(cluster, job)
    cluster.cancel(job)
    after = {(row["entity"], row["cluster_id"]) for row in clusters() if row["entity"] in before}
    assert after == set(before.items())
    database = table(accepted, tmp_path)
    compare(database, lambda sink: topics.rows(broker, f"edited.{sink}"), ["traffic_per_10s", "host_sessions"])


def test_the_ledger_balances_when_a_job_is_stopped_for_good(broker, cluster, tmp_path):
    create(broker, "drained")
    job = submit(broker, cluster, "drained", "traffic_per_10s", "--set", "WATERMARK_DELAY_SECONDS=3600")
    recipe = Recipe(duration_s=600, rate=40.0, hosts=60, malformed=0.01, lines_per_message=7, seed=5)
    to_kafka(recipe, broker, "drained", {}, None, lambda lines, time_ms: None)
    messages = [message for partition in partitions_of(broker, "drained").values() for message in partition]
    accepted, late, dead = judge([line for message in messages for line in message.split("\n")], delay_s=10**6)
    eventually(lambda: len(topics.rows(broker, "drained.dead_letters")), dead)
    stop(cluster, job, tmp_path, drain=True)
    assert ledger(broker, "drained.") == (len(accepted) + dead, len(accepted), late, dead)


def test_flows_of_a_partition_that_was_silent_are_late_not_lost(broker, cluster):
    create(broker, "silent")
    for partition in (0, 1):
        send(broker, "silent", partition, range(NOW, NOW + 60_000, 1_000))
    # Long enough for both tasks to have begun, on a slow machine: until then, one partition is silent, too.
    waits = ["--set", "IDLE_TIMEOUT_SECONDS=15", "--set", "WATERMARK_DELAY_SECONDS=15", *NEWEST_DECIDES]
    job = submit(broker, cluster, "silent", "traffic_per_10s", *waits)
    eventually(lambda: ledger(broker, "silent.")[1], 80)  # both are read, up to the delay of 15 s
    send(broker, "silent", 0, range(NOW + 60_000, NOW + 600_000, 1_000))
    # The windows that the other partition has filled close without the silent one.
    eventually(lambda: ledger(broker, "silent.")[1], 640)
    send(broker, "silent", 1, range(NOW + 60_000, NOW + 120_000, 1_000))
    for partition in (0, 1):
        send(broker, "silent", partition, [NOW + 3_600_000])
    eventually(lambda: ledger(broker, "silent."), (722, 660, 60, 0))
    cluster.cancel(job)
    assert len(topics.rows(broker, "silent.late_flows")) == 60
    assert sum(row["flow_count"] for row in topics.rows(broker, "silent.traffic_per_10s")) == 660


def test_the_last_windows_close_when_nothing_comes_any_more(broker, cluster):
    create(broker, "quiet")
    waits = ["--set", "IDLE_TIMEOUT_SECONDS=5", "--set", "WATERMARK_DELAY_SECONDS=15"]
    job = submit(broker, cluster, "quiet", "traffic_per_10s", *waits)
    # The last is far ahead: it must not be where time goes on from.
    send(broker, "quiet", 0, [*range(NOW, NOW + 60_000, 1_000), NOW + 3_600_000])
    eventually(lambda: sum(row["flow_count"] for row in topics.rows(broker, "quiet.traffic_per_10s")), 60)
    # What comes then is as the windows of its time are.
    send(broker, "quiet", 0, [NOW + 3_600_000])
    eventually(lambda: ledger(broker, "quiet.")[0], 62)
    cluster.cancel(job)
    assert topics.rows(broker, "quiet.late_flows") == []

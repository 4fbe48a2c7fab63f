"""Several topics, patterns, where reading begins, and partitions that are added."""

import time

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions
from flowsift.cli.main import main
from flowsift.engine.results import rows

from tests.kafka.test_live import NEWEST_DECIDES, eventually, ledger, send, submit
from tests.support.kafka import create
from tests.support.records import NOW


def received(broker, topics, folder, *arguments):
    """Run over topics to their ends; returns (received, accepted, sources of dead letters)."""
    where = ["--input", f"kafka://{broker}/{topics}", "--bounded", "--output", str(folder)]
    assert main(["run", "traffic_totals", "--source", "flows", *where, *arguments]) == 0
    counts = rows(folder / "ledger")
    letters = (folder / "dead_letters").glob("*")
    sources = [row["record_source"] for row in rows(folder / "dead_letters")] if any(letters) else []
    return sum(row["received"] for row in counts), sum(row["accepted"] for row in counts), sorted(sources)


def test_several_topics_and_a_pattern_are_read_to_their_ends(broker, tmp_path):
    for number, topic in enumerate(("many-a", "many-b", "others")):
        create(broker, topic)
        send(broker, topic, number % 2, range(NOW, NOW + 10_000, 1_000))
        send(broker, topic, 1, [4_102_444_800_000])  # a time that cannot be
    assert received(broker, "many-a,many-b", tmp_path / "list") == (22, 20, ["many-a", "many-b"])
    assert received(broker, "re:many-.*", tmp_path / "pattern") == (22, 20, ["many-a", "many-b"])


def test_reading_begins_where_it_is_wanted(broker, tmp_path):
    create(broker, "begun", 1)
    send(broker, "begun", 0, range(NOW, NOW + 10_000, 1_000))
    time.sleep(0.1)
    between = str(int(time.time() * 1_000))
    group = ("--from", "group", "--group", "readers")
    assert received(broker, "begun", tmp_path / "first", *group)[0] == 10
    send(broker, "begun", 0, range(NOW + 10_000, NOW + 15_000, 1_000))
    assert received(broker, "begun", tmp_path / "time", "--from", between)[0] == 5
    assert received(broker, "begun", tmp_path / "second", *group)[0] == 5
    consumer = Consumer({"bootstrap.servers": broker, "group.id": "readers"})
    [committed] = consumer.committed([TopicPartition("begun", 0)], timeout=10)
    consumer.close()
    assert committed.offset == 15


def test_a_partition_that_is_added_is_found_and_nothing_is_late_for_that(broker, cluster):
    create(broker, "grown", 1)
    job = submit(broker, cluster, "grown", "traffic_per_10s", *NEWEST_DECIDES)
    # As exporters send: the time of a record is that of its writing.
    begin = time.monotonic()

    def now_ms():
        return int(time.time() * 1_000)

    sent = 0
    while time.monotonic() < begin + 40:
        if sent == 20:
            admin = AdminClient({"bootstrap.servers": broker})
            admin.create_partitions([NewPartitions("grown", 2)])["grown"].result(30)
        for partition in (0, 1) if sent > 20 else (0,):
            send(broker, "grown", partition, [now_ms()])
        sent += 1
        time.sleep(0.5)
    total = sent + max(0, sent - 21)
    time.sleep(1)
    for partition in (0, 1):
        send(broker, "grown", partition, [now_ms() + 120_000])
    eventually(lambda: ledger(broker, "grown."), (total + 2, total, 0, 0), timeout_s=60)
    cluster.cancel(job)

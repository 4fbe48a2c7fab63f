"""The work of host_anomalies with its accounting, hand-tuned in a single Python process, without recovery.

What a good engineer would write instead of a Flink job: batches from Kafka, orjson, dicts, numpy.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import orjson
from confluent_kafka import Consumer, TopicPartition

from tests.support.reference import good
from udfs.z_score import score_row

BATCH = 10_000
DELAY_S = 15
HISTORY_MINUTES = 30
MIN_SAMPLES = 10
FLOORS = (1e6, 1e3, 100.0, 50.0)


def host_anomalies(server: str, topic: str) -> dict[str, int]:
    """Counts of records received, accepted, late and dead, and of anomalies."""
    consumer = Consumer(
        {"bootstrap.servers": server, "group.id": "yardstick", "enable.partition.eof": True,
         "queued.max.messages.kbytes": 262_144, "fetch.message.max.bytes": 8_388_608, "fetch.queue.backoff.ms": 5}
    )  # fmt: skip
    partitions = list(consumer.list_topics(topic).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    closed = dict.fromkeys(partitions, 0)
    sums: dict[int, dict[str, list]] = defaultdict(dict)
    history: dict[str, list[tuple]] = defaultdict(list)
    counts: dict[str, int] = dict.fromkeys(("received", "accepted", "late", "dead", "anomalies"), 0)
    open_partitions = set(partitions)
    while open_partitions:
        for message in consumer.consume(BATCH, 1.0):
            partition = message.partition()
            if message.error():
                open_partitions.discard(partition)
                continue
            counts["received"] += 1
            try:
                flow = orjson.loads(message.value())
            except orjson.JSONDecodeError:
                counts["dead"] += 1
                continue
            # The usual record passes at one look; only what does not is judged field by field.
            try:
                end = flow["flow_end"]
                usual = (
                    946_684_800_000 <= flow["flow_start"] <= end <= 2_000_000_000_000
                    and 0 <= flow["octets_out"] <= 10**15
                    and 0 <= flow["packets_out"] <= 10**15
                    and 0 <= flow["octets_in"] <= 10**15
                    and 0 <= flow["packets_in"] <= 10**15
                    and 0 <= flow["src_port"] <= 65_535
                    and 0 <= flow["dst_port"] <= 65_535
                    and flow["src_addr"] is not None
                    and flow["dst_addr"] is not None
                    and flow["protocol"] is not None
                )
            except (KeyError, TypeError):
                usual = False
            if not usual and not good(flow):
                counts["dead"] += 1
                continue
            end = flow["flow_end"]
            if end // 10_000 * 10_000 + 10_000 <= closed[partition]:
                counts["late"] += 1
                continue
            counts["accepted"] += 1
            minute = sums[end // 60_000]
            row = minute.get(flow["src_addr"])
            if row is None:
                row = minute[flow["src_addr"]] = [0, 0, 0, set()]
            row[0] += flow["octets_out"]
            row[1] += flow["packets_out"]
            row[2] += 1
            row[3].add(flow["dst_addr"])
            reached = (end // 1_000 - DELAY_S) // 10 * 10_000
            if reached > closed[partition]:
                closed[partition] = reached
        closed_minute = min(closed.values()) // 60_000
        for minute in sorted(m for m in sums if m < closed_minute or not open_partitions):
            counts["anomalies"] += _score(minute, sums.pop(minute), history)
    consumer.close()
    return counts


def _score(minute: int, sources: dict[str, list], history: dict[str, list[tuple]]) -> int:
    found = 0
    for src, (octets, packets, flows, destinations) in sources.items():
        past = history[src]
        past.append((minute, octets, packets, flows, len(destinations)))
        while past[0][0] < minute - HISTORY_MINUTES:
            past.pop(0)
        if minute - past[0][0] >= MIN_SAMPLES:
            minutes, *series = np.array(past).T
            if any(values.max() >= floor for values, floor in zip(series, FLOORS)):
                found += sum(
                    1 for _ in score_row(minutes, *series, min_changes=FLOORS, z_threshold=3.0, robust_threshold=3.5)
                )
    return found

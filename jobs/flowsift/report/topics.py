"""Read the results of a run back from Kafka."""

from __future__ import annotations

import json
from types import ModuleType

from flowsift.errors import UserError


def confluent_kafka() -> ModuleType:
    """The Kafka client of the test bed; raises UserError where it is not installed."""
    try:
        import confluent_kafka
    except ModuleNotFoundError:
        raise UserError("this needs confluent-kafka; pip install 'flowsift[testbed]'") from None
    return confluent_kafka


def rows(server: str, topic: str) -> list[dict]:
    """The committed rows of a topic up to its end as it stands now; of an upsert topic, the last row of each key."""
    kafka = confluent_kafka()
    consumer = kafka.Consumer(
        {"bootstrap.servers": server, "group.id": "flowsift-reader", "isolation.level": "read_committed",
         "enable.auto.commit": False, "enable.partition.eof": True}
    )  # fmt: skip
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        consumer.assign([kafka.TopicPartition(topic, partition, 0) for partition in partitions])
        open_partitions, found, latest = set(partitions), [], {}
        while open_partitions:
            message = consumer.poll(10)
            if message is None:
                raise UserError(f"topic {topic} on {server} does not come to an end")
            if message.error():
                open_partitions.discard(message.partition())
                continue
            row = json.loads(message.value() or b"null")
            if message.key() is None:
                found.append(row)
            else:
                latest[message.key()] = row
    except kafka.KafkaException as error:
        raise UserError(f"cannot read {topic} on {server}: {error.args[0].str()}") from None
    finally:
        consumer.close()
    return [row for row in (*found, *latest.values()) if row is not None]

"""Topics of a broker: made, and read record by record."""

from __future__ import annotations

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic


def create(server, topic, partitions=2):
    admin = AdminClient({"bootstrap.servers": server})
    for future in admin.create_topics([NewTopic(topic, partitions)]).values():
        future.result(30)


def partitions_of(server, topic):
    """The lines of each partition in order."""
    consumer = Consumer({"bootstrap.servers": server, "group.id": "test", "enable.partition.eof": True})
    lines = {}
    for partition in consumer.list_topics(topic).topics[topic].partitions:
        consumer.assign([TopicPartition(topic, partition, 0)])
        found = lines.setdefault(partition, [])
        while not (message := consumer.poll(10)).error():
            found.append(message.value().decode())
    consumer.close()
    return lines

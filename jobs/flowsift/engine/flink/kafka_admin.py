"""Ask a broker about topics before a job starts, with the very client settings the job will use.

Runs on the Kafka client inside the connector's jar, so TLS and SASL settings mean the same as in the job.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flowsift.engine.client_settings import secrets_in
from flowsift.engine.endpoints import KafkaInput, KafkaOutput
from flowsift.engine.flink.jvm import jvm
from flowsift.errors import UserError

_TIMEOUTS = {"default.api.timeout.ms": "8000", "request.timeout.ms": "5000", "retries": "2"}
_WAIT_S = 15


def redacted(text: str, properties: dict[str, str]) -> str:
    """`text` without any value of a client setting that was passed in."""
    for value in sorted(secrets_in(properties), key=len, reverse=True):
        text = text.replace(value, "***").replace(value.replace("'", "''"), "***")  # in a literal of SQL
    return text


def located(kafka: KafkaInput, jars: list[Path]) -> KafkaInput:
    """The input, if a single bounded topic with the offsets at which it ends now.

    Raises UserError unless the broker answers and each topic exists, or one that a pattern matches.
    """
    with _admin(kafka, jars) as admin:
        there = admin.topics()
        if kafka.pattern is not None and not any(map(kafka.reads, there)):
            raise UserError(
                f"no topic on {kafka.server} matches {kafka.pattern} in whole; create one, or check the pattern"
            )
        for topic in kafka.topics:
            if topic not in there:
                raise UserError(f"topic {topic} does not exist on {kafka.server}; create it, or check the name")
        return replace(kafka, ends=admin.ends(kafka.topic)) if kafka.bounded and len(kafka.topics) == 1 else kafka


def keep_ends(kafka: KafkaInput, jars: list[Path]) -> None:
    """Keep for the group of a bounded input, where it knows its ends, that it was read up to these.

    The job itself may end before Kafka has got its last offsets. Raises UserError when the broker does not take them.
    """
    if kafka.ends:
        with _admin(kafka, jars) as admin:
            admin.keep(kafka.group, kafka.topic, kafka.ends)


def create_outputs(kafka: KafkaOutput, sinks: dict[str, bool], jars: list[Path]) -> None:
    """Create the topics of these sinks (name: is the last value of a key all that counts) where they are missing.

    Raises UserError when the broker does not answer or does not allow it.
    """
    with _admin(kafka, jars) as admin:
        there = admin.topics()
        admin.create(
            {kafka.prefix + name: compacted for name, compacted in sinks.items() if kafka.prefix + name not in there}
        )


@contextmanager
def _admin(kafka: KafkaInput | KafkaOutput, jars: list[Path]) -> Iterator[_Admin]:
    from py4j.protocol import Py4JJavaError

    admin = None
    try:
        admin = _Admin(kafka.server, kafka.properties, jars)
        yield admin
    except Py4JJavaError as error:
        cause = error.java_exception
        while cause.getCause() is not None:
            cause = cause.getCause()
        text = f"cannot use Kafka at {kafka.server}: {cause.getClass().getSimpleName()}: {cause.getMessage()}"
        raise UserError(redacted(text, kafka.properties)) from error
    finally:
        if admin is not None:
            admin.close()


class _Admin:
    def __init__(self, server: str, properties: dict[str, str], jars: list[Path]) -> None:
        from py4j.java_gateway import JavaPackage
        from pyflink.util.java_utils import add_jars_to_context_class_loader

        self._java = jvm()
        add_jars_to_context_class_loader([jar.as_uri() for jar in jars])
        self._kafka = self._java.org.apache.flink.kafka.shaded.org.apache.kafka
        if isinstance(self._kafka.clients.admin.Admin, JavaPackage):
            raise UserError(
                "the Kafka connector is missing; put the jar of flink-sql-connector-kafka into jars/ of the project, "
                "or in the repository: make jars (needs Maven)"
            )
        settings = self._java.java.util.Properties()
        for key, value in {"bootstrap.servers": server, **_TIMEOUTS, **properties}.items():
            settings.setProperty(key, value)
        self._admin = self._kafka.clients.admin.Admin.create(settings)

    def close(self) -> None:
        self._admin.close(self._java.java.time.Duration.ofMillis(0))

    def topics(self) -> set[str]:
        """Names of the topics that this client may see."""
        return set(self._wait(self._admin.listTopics().names()))

    def ends(self, topic: str) -> dict[int, int]:
        """The last stable offset of each partition: where a reader of committed records comes to an end."""
        names = self._java.java.util.Collections.singletonList(topic)
        partitions = self._wait(self._admin.describeTopics(names).allTopicNames())[topic].partitions()
        wanted = self._java.java.util.HashMap()
        for partition in partitions:
            wanted.put(
                self._kafka.common.TopicPartition(topic, partition.partition()),
                self._kafka.clients.admin.OffsetSpec.latest(),
            )
        committed = self._kafka.clients.admin.ListOffsetsOptions(self._kafka.common.IsolationLevel.READ_COMMITTED)
        found = self._wait(self._admin.listOffsets(wanted, committed).all())
        return {partition.partition(): found[partition].offset() for partition in found}

    def keep(self, group: str, topic: str, offsets: dict[int, int]) -> None:
        """Commit an offset of each partition for a group that has no member."""
        wanted = self._java.java.util.HashMap()
        for partition, offset in offsets.items():
            wanted.put(
                self._kafka.common.TopicPartition(topic, partition),
                self._kafka.clients.consumer.OffsetAndMetadata(offset),
            )
        self._wait(self._admin.alterConsumerGroupOffsets(group, wanted).all())

    def create(self, topics: dict[str, bool]) -> None:
        """Create topics (name: compacted) with the broker's own numbers of partitions and replicas."""
        java = self._java.java.util
        new = java.ArrayList()
        for name, compacted in topics.items():
            topic = self._kafka.clients.admin.NewTopic(name, java.Optional.empty(), java.Optional.empty())
            if compacted:
                topic.configs(java.Collections.singletonMap("cleanup.policy", "compact"))
            new.add(topic)
        if topics:
            self._wait(self._admin.createTopics(new).all())

    def _wait(self, future):
        return future.get(_WAIT_S, self._java.java.util.concurrent.TimeUnit.SECONDS)

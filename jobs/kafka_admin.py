"""Ask a broker about topics before a job starts, with the very client settings the job will use.

Runs on the Kafka client inside the connector's jar, so TLS and SASL settings mean the same as in the job.
"""

from __future__ import annotations

from pathlib import Path

from jobs.endpoints import KafkaInput, KafkaOutput
from jobs.errors import UserError

_CLIENTS = "org.apache.flink.kafka.shaded.org.apache.kafka.clients.admin."
_NEW_TOPIC = ("lang.String", "util.Optional", "util.Optional")
_TIMEOUTS = {"default.api.timeout.ms": "8000", "request.timeout.ms": "5000", "retries": "2"}


def redacted(text: str, properties: dict[str, str]) -> str:
    """`text` without any value of a client setting that was passed in."""
    for value in sorted(properties.values(), key=len, reverse=True):
        if len(value) > 3:
            text = text.replace(value, "***")
    return text


def check_input(kafka: KafkaInput, jars: list[Path]) -> None:
    """Raise UserError unless the broker answers and the topic exists."""
    if kafka.topic not in _Admin(kafka.server, kafka.properties, jars).topics():
        raise UserError(f"topic {kafka.topic} does not exist on {kafka.server}; create it, or check the name")


def create_outputs(kafka: KafkaOutput, sinks: dict[str, bool], jars: list[Path]) -> None:
    """Create the topics of these sinks (name: is the last value of a key all that counts) where they are missing.

    Raises UserError when the broker does not answer or does not allow it.
    """
    admin = _Admin(kafka.server, kafka.properties, jars)
    there = admin.topics()
    admin.create(
        {kafka.prefix + name: compacted for name, compacted in sinks.items() if kafka.prefix + name not in there}
    )


class _Admin:
    def __init__(self, server: str, properties: dict[str, str], jars: list[Path]) -> None:
        from py4j.protocol import Py4JJavaError
        from pyflink.java_gateway import get_gateway
        from pyflink.util.java_utils import add_jars_to_context_class_loader

        self._java_error = Py4JJavaError
        self._server, self._properties = server, properties
        self._gateway = get_gateway()
        self._jvm = self._gateway.jvm
        add_jars_to_context_class_loader([jar.as_uri() for jar in jars])
        settings = self._jvm.java.util.Properties()
        for key, value in {"bootstrap.servers": server, **_TIMEOUTS, **properties}.items():
            settings.setProperty(key, value)
        try:
            self._loader = self._jvm.Thread.currentThread().getContextClassLoader()
            create = self._class("Admin").getMethod(
                "create", self._array("Class", self._jvm.java.util.Properties().getClass())
            )
            self._admin = create.invoke(None, self._array("Object", settings))
        except Py4JJavaError as error:
            if "ClassNotFoundException" in str(error.java_exception):
                raise UserError("the Kafka connector is missing; fetch it with: make jars (needs Maven)") from error
            raise self._user_error(error) from error

    def topics(self) -> set[str]:
        """Names of the topics that this client may see."""
        return set(self._wait(self._admin.listTopics().names()))

    def create(self, topics: dict[str, bool]) -> None:
        new = self._jvm.java.util.ArrayList()
        optional = self._jvm.java.util.Optional.empty()
        types = self._array("Class", *(self._jvm.Class.forName(f"java.{name}") for name in _NEW_TOPIC))
        for name, compacted in topics.items():
            topic = (
                self._class("NewTopic")
                .getConstructor(types)
                .newInstance(self._array("Object", name, optional, optional))
            )
            if compacted:
                topic.configs(self._jvm.java.util.Map.of("cleanup.policy", "compact"))
            new.add(topic)
        if topics:
            self._wait(self._admin.createTopics(new).all())
        self._admin.close()

    def _class(self, name: str):
        return self._loader.loadClass(_CLIENTS + name)

    def _array(self, kind: str, *values):
        array = self._gateway.new_array(getattr(self._jvm.java.lang, kind), len(values))
        for i, value in enumerate(values):
            array[i] = value
        return array

    def _wait(self, future):
        try:
            return future.get(15, self._jvm.java.util.concurrent.TimeUnit.SECONDS)
        except self._java_error as error:
            self._admin.close(self._jvm.java.time.Duration.ofMillis(0))
            raise self._user_error(error) from error

    def _user_error(self, error) -> UserError:
        cause = error.java_exception
        while cause.getCause() is not None:
            cause = cause.getCause()
        text = f"cannot use Kafka at {self._server}: {cause.getClass().getSimpleName()}: {cause.getMessage()}"
        return UserError(redacted(text, self._properties))

"""Write generated traffic in the format of a source to a file or to a Kafka topic."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np

from flowsift.errors import UserError
from flowsift.report.topics import confluent_kafka
from flowsift.testbed.formats import FORMATS, lines_of
from flowsift.testbed.incidents import KINDS, Incident, plant
from flowsift.testbed.traffic import Network, traffic

__all__ = ["FORMATS", "KINDS", "Recipe", "generate", "start_ms", "to_file", "to_kafka", "write_truth"]
DEFAULT_START_MS = 1_736_150_400_000  # Monday 2025-01-06 08:00 UTC


@dataclass(frozen=True)
class Recipe:
    """What to generate. The same recipe gives the same bytes."""

    source: str = "flows"
    start_ms: int = DEFAULT_START_MS
    duration_s: int = 7_200
    hosts: int = 200
    rate: float = 100.0
    seed: int = 7
    malformed: float = 0.0005
    plants: tuple[str, ...] = ()
    # In Kafka; in a file every record is a line.
    lines_per_message: int = 1


def start_ms(text: str, duration_s: int) -> int:
    """Epoch milliseconds of a time in UTC; "now" is a start such that the traffic ends now."""
    if text == "now":
        return int(time.time() - duration_s) * 1_000
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"--start {text}: expected now or a time such as 2025-01-06T08:00:00") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() * 1_000)


def generate(recipe: Recipe) -> tuple[Iterator[tuple[int, list[str]]], list[Incident]]:
    """Blocks of (time written of the last line in epoch ms, lines), and the truth about the incidents."""
    if recipe.source not in FORMATS:
        raise UserError(f"cannot generate {recipe.source!r}; formats are: {', '.join(FORMATS)}")
    if recipe.rate <= 0 or recipe.duration_s <= 0:
        raise UserError("the rate and the duration of traffic must be above 0")
    try:
        rng = np.random.default_rng(recipe.seed)
        network = Network(recipe.hosts, rng)
        duration_ms = recipe.duration_s * 1_000
        planted, silences, truth = plant(list(recipe.plants), network, recipe.start_ms, duration_ms, rng)
    except ValueError as error:
        raise UserError(str(error)) from error

    def blocks() -> Iterator[tuple[int, list[str]]]:
        written = 0
        for flows in traffic(
            network, start_ms=recipe.start_ms, duration_ms=duration_ms, rate=recipe.rate, rng=rng,
            planted=planted, silences=silences,
        ):  # fmt: skip
            if len(flows) == 0:
                continue
            lines = lines_of(recipe.source, flows, network.addresses, written, malformed=recipe.malformed, rng=rng)
            if written == 0 and (header := FORMATS[recipe.source].header):
                lines.insert(0, header)
            written += len(flows)
            yield int(flows["written_ms"][-1]), lines

    return blocks(), truth


def write_truth(path: Path, truth: list[Incident]) -> None:
    """One planted incident a line, as JSON."""
    path.write_text("".join(json.dumps(incident.as_dict()) + "\n" for incident in truth))


def to_file(recipe: Recipe, path: Path, advance: Callable[[int, int], None]) -> list[Incident]:
    """Write the traffic to `path`; `advance(lines, time_ms)` is called as it goes."""
    blocks, truth = generate(recipe)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", buffering=1 << 20) as file:
        for time_ms, lines in blocks:
            file.write("\n".join(lines))
            file.write("\n")
            advance(len(lines), time_ms)
    return truth


def to_kafka(
    recipe: Recipe, server: str, topic: str, properties: dict[str, str], per_second: float | None,
    advance: Callable[[int, int], None],
) -> list[Incident]:  # fmt: skip
    """Send the traffic to a topic, at most `per_second` records a second (None: as fast as the broker takes it).

    Raises UserError when the broker does not take every message.
    """
    kafka = confluent_kafka()
    failures: list[str] = []

    def delivered(error, _message) -> None:
        if error is not None:
            failures.append(str(error))

    try:
        producer = _producer(
            {"bootstrap.servers": server, "linger.ms": 50, "compression.type": "lz4", "enable.idempotence": True,
             "queue.buffering.max.messages": 500_000, "message.timeout.ms": 30_000, "log_level": 2, **properties}
        )  # fmt: skip
        _find_topic(producer, server, topic)
    except kafka.KafkaException as error:
        raise UserError(f"cannot reach Kafka at {server}: {error.args[0].str()}") from None
    blocks, truth = generate(recipe)
    sent, begin = 0, time.monotonic()
    for time_ms, lines in blocks:
        for first in range(0, len(lines), recipe.lines_per_message):
            message = "\n".join(lines[first : first + recipe.lines_per_message])
            while True:
                try:
                    producer.produce(topic, message, on_delivery=delivered)
                    break
                except BufferError:
                    producer.poll(0.1)
            sent += recipe.lines_per_message
            if sent % 500 < recipe.lines_per_message:
                producer.poll(0)
                if per_second:
                    time.sleep(max(0.0, begin + sent / per_second - time.monotonic()))
        if failures:
            break
        advance(len(lines), time_ms)
    unsent = producer.flush(60)
    if failures or unsent:
        reason = failures[0] if failures else "the broker did not answer in time"
        raise UserError(f"Kafka at {server} did not take {len(failures) + unsent} messages for {topic}: {reason}")
    return truth


def _find_topic(producer: Any, server: str, topic: str) -> None:
    """Raise UserError unless the topic can be written; a broker that makes topics on demand has some seconds for it."""
    deadline = time.monotonic() + 5
    while error := producer.list_topics(topic, timeout=10).topics[topic].error:
        if time.monotonic() > deadline or error.code() == error.TOPIC_AUTHORIZATION_FAILED:
            raise UserError(f"cannot write to topic {topic} on {server}: {error.str()}")
        time.sleep(0.2)


def _producer(settings: dict) -> Any:
    """A producer; settings that Kafka's own client has and librdkafka has not are left out.

    Raises UserError for one of security, which must not be left out.
    """
    kafka = confluent_kafka()
    while True:
        try:
            return kafka.Producer(settings)
        except kafka.KafkaException as error:
            unknown = re.search(r'No such configuration property: "([^"]+)"', error.args[0].str())
            if unknown is None:
                raise
            if unknown[1].startswith(("security.", "ssl.", "sasl.")):
                raise UserError(f"generate's client, librdkafka, has no setting {unknown[1]}; leave it out") from None
            settings = {name: value for name, value in settings.items() if name != unknown[1]}

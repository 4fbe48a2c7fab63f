"""Write generated traffic in a supported format to a file or to a Kafka topic."""

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
from flowsift.testbed.incidents import KINDS, Incident, plant
from flowsift.testbed.traffic import SERVICES, STATES, Network, traffic

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


_FLOW = (
    '{"flow_start":%d,"flow_end":%d,"src_addr":"%s","dst_addr":"%s","src_port":%d,"dst_port":%d,%s'
    '"octets_out":%d,"packets_out":%d,"octets_in":%d,"packets_in":%d,"sampling_rate":1,'
    '"conn_state":"%s","exporter":"core-1","flow_id":"%s"}'
)
_CONN = (
    '{"ts":%.6f,"uid":"C%s","id.orig_h":"%s","id.orig_p":%d,"id.resp_h":"%s","id.resp_p":%d,%s'
    '"duration":%.6f,"orig_bytes":%d,"resp_bytes":%d,"conn_state":"%s","local_orig":true,"local_resp":false,'
    '"missed_bytes":0,"history":"ShADadfF","orig_pkts":%d,"orig_ip_bytes":%d,"resp_pkts":%d,"resp_ip_bytes":%d}'
)
_KINDS = {
    "flows": [f'"protocol":"{s.protocol}",' + (f'"service":"{s.name}",' if s.name else "") for s in SERVICES],
    "zeek_conn": [f'"proto":"{s.protocol}",' + (f'"service":"{s.name}",' if s.name else "") for s in SERVICES],
}


def _flow_lines(flows: np.ndarray, addresses: np.ndarray, first_id: int) -> list[str]:
    kinds = _KINDS["flows"]
    columns = zip(
        flows["start_ms"].tolist(), flows["end_ms"].tolist(),
        addresses[flows["src"]].tolist(), addresses[flows["dst"]].tolist(),
        flows["src_port"].tolist(), flows["dst_port"].tolist(), [kinds[i] for i in flows["service"].tolist()],
        flows["octets_out"].tolist(), flows["packets_out"].tolist(),
        flows["octets_in"].tolist(), flows["packets_in"].tolist(),
        [STATES[i] for i in flows["state"].tolist()], range(first_id, first_id + len(flows)),
    )  # fmt: skip
    return [_FLOW % row for row in columns]


def _conn_lines(flows: np.ndarray, addresses: np.ndarray, first_id: int) -> list[str]:
    kinds = _KINDS["zeek_conn"]
    payload = {d: np.maximum(flows[f"octets_{d}"] - 40 * flows[f"packets_{d}"], 0) for d in ("out", "in")}
    columns = zip(
        (flows["start_ms"] / 1_000).tolist(), range(first_id, first_id + len(flows)),
        addresses[flows["src"]].tolist(), flows["src_port"].tolist(),
        addresses[flows["dst"]].tolist(), flows["dst_port"].tolist(), [kinds[i] for i in flows["service"].tolist()],
        ((flows["end_ms"] - flows["start_ms"]) / 1_000).tolist(), payload["out"].tolist(), payload["in"].tolist(),
        [STATES[i] for i in flows["state"].tolist()],
        flows["packets_out"].tolist(), flows["octets_out"].tolist(),
        flows["packets_in"].tolist(), flows["octets_in"].tolist(),
    )  # fmt: skip
    return [_CONN % row for row in columns]


_FORMATS: dict[str, Callable[[np.ndarray, np.ndarray, int], list[str]]] = {
    "flows": _flow_lines,
    "zeek_conn": _conn_lines,
}
FORMATS = tuple(_FORMATS)
__all__ = ["FORMATS", "KINDS", "Recipe", "generate", "start_ms", "to_file", "to_kafka", "write_truth"]


def _replaced(line: str, **values: object) -> str:
    record = json.loads(line)
    for name, value in values.items():
        for key in (name, *_ZEEK_NAMES.get(name, ())):
            if key in record:
                record[key] = value
    return json.dumps(record)


def _without(line: str, name: str) -> str:
    record = json.loads(line)
    return json.dumps({k: v for k, v in record.items() if k not in (name, *_ZEEK_NAMES.get(name, ()))})


_ZEEK_NAMES = {
    "src_addr": ("id.orig_h",),
    "dst_port": ("id.resp_p",),
    "octets_out": ("orig_ip_bytes",),
    "packets_out": ("orig_pkts",),
    "flow_end": ("ts",),
}
_DAMAGES: tuple[Callable[[str], str], ...] = (
    lambda line: line[: len(line) // 2],
    lambda line: "%SYS-5-CONFIG_I: configured from console",
    lambda line: line.replace('"', "", 1),
    lambda line: _replaced(line, octets_out="many"),
    lambda line: _replaced(line, packets_out=-1),
    lambda line: _replaced(line, dst_port=99_999),
    lambda line: _without(line, "src_addr"),
    lambda line: _replaced(line, src_addr=None),
    lambda line: _replaced(line, flow_end=4_102_444_800_000),
)


def _damage(lines: list[str], share: float, rng: np.random.Generator) -> None:
    bad = np.flatnonzero(rng.random(len(lines)) < share)
    for i, how in zip(bad.tolist(), rng.integers(0, len(_DAMAGES), len(bad)).tolist()):
        lines[i] = _DAMAGES[how](lines[i])


def lines_of(source: str, flows: np.ndarray, addresses: np.ndarray, first_id: int = 0) -> list[str]:
    """Flows, shape (n,) of traffic.FLOW, as records in the format of a source, a line each."""
    return _FORMATS[source](flows, addresses, first_id)


def generate(recipe: Recipe) -> tuple[Iterator[tuple[int, list[str]]], list[Incident]]:
    """Blocks of (time written of the last line in epoch ms, lines), and the truth about the incidents."""
    if recipe.source not in _FORMATS:
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
            lines = lines_of(recipe.source, flows, network.addresses, written)
            _damage(lines, recipe.malformed, rng)
            written += len(lines)
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

"""Where records come from and results go to: files or Kafka, chosen at start."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from flowsift.engine.recordings import CODECS, Recordings, absolute, watched
from flowsift.errors import UserError

_KAFKA = re.compile(r"^kafka://([^/\s]+)(?:/(\S+))?$")
_TOPIC = re.compile(r"[\w.-]{1,249}")
_PATTERN = "re:"
_FOREVER_S = 1_000_000_000
# Less is no time of a record in milliseconds: 1973, or now in seconds.
_LEAST_MS = 100_000_000_000
_JSON = {"json.timestamp-format.standard": "ISO-8601"}


def quoted(text: str) -> str:
    """A SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def options(values: dict[str, str]) -> str:
    """The inside of a WITH clause."""
    return ", ".join(f"{quoted(key)} = {quoted(value)}" for key, value in values.items())


def _record_format(own: dict[str, str], *, skips_blank: bool) -> dict[str, str]:
    """Options of the format of records; a blank line of a file is no record, a blank message is a dead letter."""
    values = {**own, "skip-blank-messages": str(skips_blank).lower()}
    return {"format": "accounted", **{f"accounted.{key}": value for key, value in values.items()}}


_FILE_POSITION = (
    "record_source STRING METADATA FROM 'file.path' VIRTUAL, "
    "record_partition AS CAST(NULL AS INT), "
    "record_offset BIGINT METADATA FROM 'octet' VIRTUAL, "
    "record_time AS CAST(NULL AS TIMESTAMP_LTZ(3))"
)


def _file_options(record_format: dict[str, str]) -> dict[str, str]:
    # Lines of delimited values may be named by one at the head of a file.
    header = {"header": "true"} if "delimiter" in record_format else {}
    return {"connector": "recorded-files", **header, **_record_format(record_format, skips_blank=True)}


@dataclass(frozen=True)
class FileInput:
    """Recorded traffic in files, each read once, to the end that it has when the job begins."""

    name: str
    files: list[Path]
    # What of a folder is not read, in one line; empty if all is.
    left_out: str = ""
    # Names of the jars that read what is compressed.
    codecs: frozenset[str] = frozenset()
    bounded = True

    @property
    def position(self) -> str:
        """Columns that say where a record stood."""
        return _FILE_POSITION

    @property
    def delay_s(self) -> int | None:
        """How long windows must wait, where the source's own delay will not do.

        Several files are read in no particular order, so nothing in them can be late: windows close at the end.
        """
        return _FOREVER_S if len(self.files) > 1 else None

    @property
    def record_time_ms(self) -> str:
        """Expression for the time a record was written, in epoch milliseconds: before now, for all we know."""
        return str(int(time.time() * 1_000))

    def options(self, record_format: dict[str, str]) -> dict[str, str]:
        """The options of a table over this input, but for those of the watermark."""
        # A name may hold anything but a zero.
        paths = (str(file).replace("\\", r"\\").replace("\n", r"\n") for file in self.files)
        return _file_options(record_format) | {"files": "\n".join(paths)}


@dataclass(frozen=True)
class FolderInput:
    """Files that appear in a folder, each read once, in the order in which they were modified last, for ever."""

    name: str
    folder: Path
    # A regular expression for the absolute paths of files.
    pattern: str
    left_out = ""
    # Of what will appear nobody knows how it is compressed.
    codecs = frozenset(CODECS)
    bounded = False
    delay_s = None
    position = _FILE_POSITION
    record_time_ms = FileInput.record_time_ms

    def options(self, record_format: dict[str, str]) -> dict[str, str]:
        """The options of a table over this input, but for those of the watermark."""
        return _file_options(record_format) | {"watch.folder": str(self.folder), "watch.pattern": self.pattern}


@dataclass(frozen=True)
class Start:
    """Where to begin to read topics: earliest, latest, group, or a time in epoch milliseconds.

    Partitions that are found later are read from their beginning.
    """

    at: str | int = "earliest"

    @property
    def is_group(self) -> bool:
        return self.at == "group"

    @property
    def options(self) -> dict[str, str]:
        if isinstance(self.at, int):
            return {"scan.startup.mode": "timestamp", "scan.startup.timestamp-millis": str(self.at)}
        # A group that has read nothing yet begins at the beginning.
        first = {"properties.auto.offset.reset": "earliest"} if self.is_group else {}
        return {"scan.startup.mode": f"{self.at}{'-offsets' if self.is_group else '-offset'}", **first}


@dataclass(frozen=True)
class KafkaInput:
    """Topics, by comma, or a pattern of their names behind re:; where `bounded`, to where they ended at the start."""

    server: str
    topic: str
    bounded: bool
    properties: dict[str, str]
    ends: dict[int, int] | None = None
    start: Start = field(default_factory=Start)
    group: str = "flowsift-main"
    delay_s = None

    @property
    def name(self) -> str:
        return self.topic

    @property
    def pattern(self) -> str | None:
        """Regular expression of the whole names of topics, where there is one."""
        return self.topic.removeprefix(_PATTERN) if self.topic.startswith(_PATTERN) else None

    @property
    def topics(self) -> list[str]:
        """Names of topics, where there is no pattern."""
        return [] if self.pattern else self.topic.split(",")

    @property
    def position(self) -> str:
        source = f"AS {quoted(self.topic)}" if len(self.topics) == 1 else "STRING METADATA FROM 'topic' VIRTUAL"
        return (
            f"record_source {source}, "
            "record_partition INT METADATA FROM 'partition' VIRTUAL, "
            "record_offset BIGINT METADATA FROM 'offset' VIRTUAL, "
            "record_time TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL"
        )

    @property
    def record_time_ms(self) -> str:
        """Expression for the time a record was written, in epoch milliseconds, as Kafka has it."""
        return "1000 * EXTRACT(EPOCH FROM record_time)"

    def reads(self, topic: str) -> bool:
        """Whether a topic of this name is read."""
        return bool(re.fullmatch(self.pattern, topic)) if self.pattern else topic in self.topics

    def options(self, record_format: dict[str, str]) -> dict[str, str]:
        """The options of a table over this input, but for those of the watermark."""
        # A reader of all that is new must not move the offsets of the run that goes on reading.
        commits = (
            {} if not self.bounded or self.start.is_group else {"properties.commit.offsets.on.checkpoint": "false"}
        )
        return {
            "connector": "kafka",
            **({"topic-pattern": self.pattern} if self.pattern else {"topic": ";".join(self.topics)}),
            "properties.bootstrap.servers": self.server,
            "properties.group.id": self.group,
            "properties.isolation.level": "read_committed",
            # Kafka's own defaults, 1 MB and 500 records, are made for small consumers.
            "properties.max.partition.fetch.bytes": "8388608",
            "properties.max.poll.records": "5000",
            # A record of a new partition must be read before windows of its time close in the others.
            "scan.topic-partition-discovery.interval": "5 s",
            **commits,
            **self.start.options,
            **(self._bounds if self.bounded else {}),
            **{f"properties.{key}": value for key, value in self.properties.items()},
            **{f"value.{key}": value for key, value in _record_format(record_format, skips_blank=False).items()},
        }

    @property
    def _bounds(self) -> dict[str, str]:
        if len(self.topics) != 1:
            return {"scan.bounded.mode": "latest-offset"}  # offsets cannot be named for several
        assert self.ends is not None, "a bounded topic must be located first"
        ends = ";".join(f"partition:{partition},offset:{end}" for partition, end in sorted(self.ends.items()))
        return {"scan.bounded.mode": "specific-offsets", "scan.bounded.specific-offsets": ends}


@dataclass(frozen=True)
class FileOutput:
    """A folder a sink, with JSON lines in it."""

    folder: Path

    def sink(self, name: str, columns: str, key: list[str]) -> tuple[str, dict[str, str]]:
        """(columns, options) of the table behind a sink."""
        return columns, {
            "connector": "filesystem",
            "path": str(self.folder / name),
            "format": "json",
            "sink.rolling-policy.rollover-interval": "1 min",
            "sink.rolling-policy.check-interval": "10 s",
            **_JSON,
        }

    def check(self, sinks: list[str]) -> None:
        """Refuse to mix results of two runs."""
        for name in sinks:
            if any((self.folder / name).glob("*")):
                raise UserError(f"{self.folder / name} already holds results; name another folder or remove it")


@dataclass(frozen=True)
class KafkaOutput:
    """A topic a sink, written exactly once: readers use isolation.level=read_committed."""

    server: str
    prefix: str
    properties: dict[str, str]
    run_name: str

    def sink(self, name: str, columns: str, key: list[str]) -> tuple[str, dict[str, str]]:
        """(columns, options); a sink with a key is an upsert topic, so the last value of a key counts."""
        common = {
            "topic": self.prefix + name,
            "properties.bootstrap.servers": self.server,
            "properties.transaction.timeout.ms": "900000",
            **{f"properties.{k}": v for k, v in self.properties.items()},
            "sink.delivery-guarantee": "exactly-once",
            "sink.transactional-id-prefix": f"flowsift-{self.run_name}-{self.prefix}{name}",
            "value.format": "json",
            **{f"value.{k}": v for k, v in _JSON.items()},
        }
        if not key:
            return columns, {"connector": "kafka", **common}
        key_format = {"key.format": "json", **{f"key.{k}": v for k, v in _JSON.items()}}
        primary_key = f"{columns}, PRIMARY KEY ({', '.join(f'`{column}`' for column in key)}) NOT ENFORCED"
        return primary_key, {"connector": "upsert-kafka", **key_format, **common}


def parse_start(text: str) -> Start:
    """What --from says; a time without a zone is in UTC."""
    if text in ("earliest", "latest", "group"):
        return Start(text)
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        time_ms = int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() * 1_000)
    except ValueError:
        time_ms = int(text) if text.isascii() and text.isdigit() else -1
    if time_ms < _LEAST_MS:
        raise UserError(
            f"--from {text}: expected earliest, latest, group, a time such as 2025-01-06T08:00:00 (UTC if it names no "
            "zone), or milliseconds since 1970"
        )
    return Start(time_ms)


def parse_topic(
    text: str,
    *,
    bounded: bool,
    properties: dict[str, str],
    start: Start | None = None,
    group: str = "flowsift-main",
) -> KafkaInput:
    """The topics that kafka://HOST:PORT/TOPIC, …/TOPIC,TOPIC or …/re:PATTERN names."""
    match = _KAFKA.match(text)
    if match is None or match[2] is None:
        raise UserError(f"--input {text}: expected kafka://HOST:PORT/TOPIC, or TOPIC,TOPIC or re:PATTERN behind the /")
    kafka = KafkaInput(match[1], match[2], bounded, properties, start=start or Start(), group=group)
    if kafka.pattern is not None:
        try:
            re.compile(kafka.pattern)
        except re.error as error:
            raise UserError(f"--input {text}: no regular expression: {error}") from None
    elif wrong := [topic for topic in kafka.topics if not _TOPIC.fullmatch(topic)]:
        raise UserError(
            f"--input {text}: {wrong[0]!r} is no name of a topic; a pattern is written kafka://{match[1]}/re:PATTERN"
        )
    elif len(set(kafka.topics)) < len(kafka.topics):
        raise UserError(f"--input {text}: a topic is named twice")
    if bounded and kafka.start.at == "latest":
        raise UserError("--from latest --bounded: reading would end where it begins; leave one of them out")
    return kafka


def parse_files(text: str, names: Sequence[str] = ()) -> FileInput:
    """The recorded traffic that FILE, DIR or GLOB names; of a DIR, the files whose names match one of `names`."""
    recordings = Recordings(text, names)
    return FileInput(text, recordings.files, recordings.left_out, frozenset(recordings.codecs()))


def parse_input(
    text: str,
    *,
    bounded: bool,
    properties: dict[str, str],
    start: Start | None = None,
    group: str = "flowsift-main",
    names: Sequence[str] = (),
    watches: bool = False,
) -> FileInput | FolderInput | KafkaInput:
    """The input that --input names; where it `watches`, what appears in the folder or will match the pattern."""
    if text.startswith("kafka:"):
        if watches:
            raise UserError(f"--input {text}: --watch-folder is for files; a topic is read for ever without it")
        return parse_topic(text, bounded=bounded, properties=properties, start=start, group=group)
    if start is not None:
        raise UserError(f"--from: {text} is no topic; files are read from their beginning")
    return FolderInput(text, *watched(text, names)) if watches else parse_files(text, names)


def parse_output(text: str, *, prefix: str, properties: dict[str, str], run_name: str) -> FileOutput | KafkaOutput:
    """The output that --output names."""
    if text.startswith("kafka:"):
        match = _KAFKA.match(text)
        if match is None or match[2] is not None:
            raise UserError(f"--output {text}: expected kafka://HOST:PORT; topics are named after sinks")
        return KafkaOutput(match[1], prefix, properties, run_name)
    return FileOutput(absolute(text))

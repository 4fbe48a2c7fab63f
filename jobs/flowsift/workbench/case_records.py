"""The records of a case: what its `given` says, repeated and in the order in which it arrives, as lines of JSON."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ruamel.yaml.nodes import Node, ScalarNode, SequenceNode

from flowsift.catalog.file import SqlFile
from flowsift.workbench.case_yaml import Document

# A typing error in `times` is more likely than that many records.
_MOST_RECORDS = 10_000
_SCHEDULE = ("at", "every", "times", "each", "arrives")
_UNITS_MS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(rf"(\d+(?:\.\d+)?) ?({'|'.join(_UNITS_MS)})")
_RANGE = re.compile(r"(.*?)(\d+)\.\.(\d+)")
_START = "flow_start"


def epoch_ms(text: str) -> int | None:
    """Epoch milliseconds of a time in ISO 8601, in UTC unless it says otherwise; None if it is no such time."""
    padded = re.sub(r"\.(\d+)", lambda match: f".{match[1][:6]:0<6}", text)
    padded = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", padded)
    try:
        moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", padded))
    except ValueError:
        return None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() * 1_000)


@dataclass
class Records:
    """The records that a list of entries gives, as lines of a source; see `workbench.cases` for what an entry says."""

    document: Document
    source: SqlFile
    defaults: dict[str, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._fields = list(self.source.fields)
        # A source that has a flow's start and its end: a case may say how long it took instead.
        self._has_start = _START in self._fields
        self._own = [*self._fields, *(["duration"] if self._has_start else [])]

    def set_defaults(self, node: Node) -> None:
        """What every entry says that does not say otherwise."""
        self.defaults = self.document.mapping(node, self._own, of=f"a record of {self.source.name}")

    def lines(self, entries: list[Node]) -> list[bytes]:
        """The lines in the order in which they arrive. Raises Problems for what is wrong with an entry."""
        arrivals: list[tuple[int, bytes]] = []
        for entry in entries:
            arrivals += self._raw(entry, arrivals) or self._repeated(entry)
            if len(arrivals) > _MOST_RECORDS:
                raise self.document.wrong(entry, f"these are more than {_MOST_RECORDS:,} records; a case has fewer")
        return [line for _, line in sorted(arrivals, key=lambda arrival: arrival[0])]

    def _raw(self, entry: Node, before: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        """A line that stands there as it is; it arrives with what is written before it, unless it says when."""
        if "raw" not in self.document.mapping(entry, of="a record"):
            return []
        keys = self.document.mapping(entry, ("raw", "arrives"), of="a raw line")
        when = self._moment(keys["arrives"]) if "arrives" in keys else before[-1][0] if before else 0
        return [(when, self.document.text_of(keys["raw"], "a text").encode())]

    def _repeated(self, entry: Node) -> Iterator[tuple[int, bytes]]:
        said = self.document.mapping(entry, (*_SCHEDULE, *self._own), of=f"a record of {self.source.name}")
        if "at" not in said:
            raise self.document.wrong(entry, "a record says when its flow ended; add at: 2025-01-06T08:00:00Z")
        at = self._moment(said["at"])
        delay = self._moment(said["arrives"]) - at if "arrives" in said else 0
        times = self._count(said["times"]) if "times" in said else 1
        gaps = [self._duration(node) for node in _items(said["every"])] if "every" in said else [0]
        each = self.document.mapping(said["each"], self._fields, of="each") if "each" in said else {}
        spread = [self._values(node) for node in each.values()]
        kept = {**self.defaults, **said}
        varying = {name: self._values(node) for name, node in kept.items() if name not in (*_SCHEDULE, *each)}
        for name, values in varying.items():
            if 1 < len(values) > times:
                message = f"{name} has {len(values)} values, and the record comes {times} times"
                raise self.document.wrong(kept[name], f"{message}; set times:, or put it under each:")
        for number in range(times):
            now = {name: values[number % len(values)] for name, values in varying.items()}
            for combination in itertools.product(*spread):
                record = self._timed(at, {**now, **dict(zip(each, combination))}, entry)
                yield at + delay, json.dumps(record, ensure_ascii=False).encode()
            at += gaps[number % len(gaps)]

    def _timed(self, end_ms: int, said: dict[str, object], entry: Node) -> dict[str, object]:
        """A record that ends at this time; fields that are null are left out."""
        said = {name: value for name, value in said.items() if value is not None}
        (first, *others), unit_ns = self.source.time
        before = [value for value in (said.get(name, 0) for name in others) if isinstance(value, (int, float))]
        if len(before) < len(others):
            raise self.document.wrong(entry, f"expected a number as {', '.join(others)}")
        record: dict[str, object] = {}
        if self._has_start:
            text = str(said.pop("duration", "0 s"))
            record[_START] = end_ms - self._milliseconds(text, self._where(entry, "duration"))
        if unit_ns == 0:
            moment = datetime.fromtimestamp(end_ms / 1_000, timezone.utc).isoformat(timespec="milliseconds")
            return {**record, first: moment, **said}
        end_ns = 1_000_000 * end_ms - sum(round(value * unit_ns) for value in before)
        # Seconds have a fraction, smaller units have none.
        return {**record, first: end_ns / unit_ns if unit_ns > 1_000_000 else end_ns // unit_ns, **said}

    def _where(self, entry: Node, name: str) -> Node:
        """The node of a field, in the entry or in the defaults."""
        return self.document.mapping(entry).get(name) or self.defaults.get(name) or entry

    def _values(self, node: Node) -> list:
        """The values that a field takes in turn: a list, a range such as 1..50 or 10.0.0.1..20, or the only one."""
        if isinstance(node, SequenceNode):
            return [value for item in node.value for value in self._values(item)]
        match = _RANGE.fullmatch(node.value) if isinstance(node, ScalarNode) and node.style is None else None
        if match is None:
            return [self.document.plain(node)]
        prefix, first, last = match[1], int(match[2]), int(match[3])
        if last < first:
            raise self.document.wrong(node, f"{node.value} is empty; the larger number comes last")
        numbers = range(first, min(last, first + _MOST_RECORDS) + 1)
        return [f"{prefix}{number}" for number in numbers] if prefix else list(numbers)

    def _moment(self, node: Node) -> int:
        moment = epoch_ms(self.document.text_of(node, "a time"))
        if moment is None:
            raise self.document.wrong(node, f"{node.value}: expected a time such as 2025-01-06T08:00:00Z")
        return moment

    def _count(self, node: Node) -> int:
        count = self.document.plain(node)
        if not isinstance(count, int) or not 1 <= count <= _MOST_RECORDS:
            raise self.document.wrong(node, f"expected how many times, from 1 to {_MOST_RECORDS:,}")
        return count

    def _duration(self, node: Node) -> int:
        return self._milliseconds(self.document.text_of(node, "a duration"), node)

    def _milliseconds(self, text: str, node: Node) -> int:
        match = _DURATION.fullmatch(text)
        if match is None:
            raise self.document.wrong(node, f"{text}: expected a duration such as 30 s, 5 min or 500 ms")
        return round(float(match[1]) * _UNITS_MS[match[2]])


def _items(node: Node) -> list[Node]:
    return node.value if isinstance(node, SequenceNode) else [node]

"""One SQL file: its header, its parameters, what it mentions, and its statement with parameters filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flowsift.catalog.parameters import Kind, kind_of
from flowsift.catalog.references import References, code, references
from flowsift.errors import Problem, Problems, UserError, shown

HEADER_KEYS = (
    "grain", "key", "params", "given", "columns", "order", "state", "format", "files", "skips", "exporter", "delay",
    "time", "learner", "sink", "demo", "misses",
)  # fmt: skip
ROOMS = ("sources", "intake", "rollups", "analyses", "alerts")
PARTS = "parts"
IN_EVERY_RUN = "every run"

PARAMETER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}']*))?\}")
_DEFINITION = re.compile(
    r"^CREATE\s+(?:TEMPORARY\s+)?(TABLE|VIEW|FUNCTION)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:sources\.)?`?(\w+)", re.M | re.I
)
# What a file of a role may define, where it is not free.
_KINDS = {"source": ("TABLE",), "analysis": ("VIEW",), "accounting": ("VIEW",)}
_TERM = re.compile(r"\s*(\w+)(?:\s+(ASC|DESC))?\s*", re.I)
_TIME = re.compile(r"([\w.]+(?: \+ [\w.]+)*) in (ns|ms|s|iso)")
_UNITS_NS = {"ns": 1, "ms": 1_000_000, "s": 1_000_000_000, "iso": 0}
_FIELD = re.compile(r"^\s+(`[^`]+`|\w+)\s+(?!AS\b)[A-Z_]+\b", re.M)
# How the values of a line that is not JSON are delimited, by the words that headers use.
_DELIMITERS = {"tab": "\t", "blank": " ", "comma": ",", "semicolon": ";"}
_FORMAT_OPTIONS = ("delimiter", "nulls", "fields", "envelope")
_HEADER_KEY = re.compile(rf"^({'|'.join(HEADER_KEYS)}):\s*(.*)$")


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Where in a text a character stands; both count from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def find_code(text: str, pattern: str) -> int | None:
    """Where a pattern first matches outside comments."""
    match = re.search(pattern, code(text))
    return match and match.start()


@dataclass(frozen=True)
class Statement:
    """A file's statement with its parameters filled in; `filled` says where: (start, end) here and in the file."""

    text: str
    file: SqlFile
    filled: list[tuple[int, int, int, int]]

    def offset(self, line: int, column: int) -> int:
        """Where in the text a line and column are."""
        return sum(len(row) + 1 for row in self.text.split("\n")[: line - 1]) + column - 1

    def replaced(self, span: tuple[int, int], instead: str) -> Statement:
        """The same statement with other text at a place."""
        start, end = span
        grown = len(instead) - (end - start)
        moved = [
            (first + (first >= end) * grown, last + (first >= end) * grown, file_first, file_last)
            for first, last, file_first, file_last in self.filled
        ]
        repair = (start, start + len(instead), self._offset_in_file(start), self._offset_in_file(end))
        return Statement(self.text[:start] + instead + self.text[end:], self.file, sorted([*moved, repair]))

    def find(self, pattern: str) -> int | None:
        """Where a pattern first matches outside comments."""
        return find_code(self.text, pattern)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column in the file of a character of the text."""
        return line_and_column(self.file.text, self._offset_in_file(offset))

    def _offset_in_file(self, offset: int) -> int:
        shift = 0
        for start, end, file_start, file_end in self.filled:
            if offset >= end:
                shift = file_end - end
            elif offset >= start:
                return file_start
        return offset + shift


@dataclass(frozen=True)
class SqlFile:
    """One SQL file, `path`, of the tree below `root`."""

    path: Path
    text: str
    root: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders from the root of the tree down to the file, such as analyses, rules, parts."""
        return self.path.relative_to(self.root).parts[:-1]

    @property
    def family(self) -> tuple[str, ...]:
        """The folders of the files that may read it if it is a part."""
        return self.folders[:-1] if self.is_part else self.folders

    @property
    def is_part(self) -> bool:
        """Whether only its own family may read it."""
        return self.folders[-1] == PARTS

    @cached_property
    def role(self) -> str:
        """source, function, analysis, accounting (a sink of every run) or view."""
        if self.folders[0] == "sources":
            return "source"
        if self.kind == "FUNCTION":
            return "function"
        if IN_EVERY_RUN in self.header.get("sink", []):
            return "accounting"
        return "analysis" if self.folders[0] in ("analyses", "alerts") and not self.is_part else "view"

    @cached_property
    def kind(self) -> str:
        """TABLE, VIEW or FUNCTION, as the statement says; empty where it defines none."""
        match = _DEFINITION.search(self.text)
        return match[1].upper() if match else ""

    @cached_property
    def header(self) -> dict[str, list[str]]:
        """The leading comment: "title" and the values of each "key: value" line."""
        header: dict[str, list[str]] = {}
        key = ""
        for line in self.text.splitlines():
            if not line.startswith("--"):
                break
            line = line.removeprefix("--").strip()
            if not line:
                break
            match = _HEADER_KEY.match(line)
            if match:
                header.setdefault(key := match[1], []).append(match[2])
            elif key:
                header[key][-1] += f" {line}"  # a long line, wrapped
            else:
                header.setdefault("title", []).append(line)
        return header

    @property
    def title(self) -> str:
        return " ".join(self.header.get("title", []))

    @property
    def key(self) -> list[str]:
        """Columns that identify a row of which the last value counts; empty where every row counts."""
        return [name.strip() for value in self.header.get("key", []) for name in value.split(",")]

    @property
    def order(self) -> list[tuple[str, bool]]:
        """(name, whether the largest comes first) of the columns by which people want rows within a window.

        Raises ValueError where the line names none, or says more of one than ASC or DESC.
        """
        terms = [_TERM.fullmatch(term) for value in self.header.get("order", []) for term in value.split(",")]
        known = [(term[1], (term[2] or "").upper() == "DESC") for term in terms if term]
        if len(known) < len(terms):
            raise ValueError("order names columns, each alone or with ASC or DESC: -- order:  rank, score DESC")
        return known

    def explained(self, key: str) -> list[tuple[str, str]]:
        """(name, meaning) of what the lines "key: NAME, NAME  meaning" of the header explain."""
        lines = (value.partition("  ")[::2] for value in self.header.get(key, []))
        return [(name.strip(), meaning.strip()) for names, meaning in lines for name in names.split(",")]

    @property
    def given(self) -> set[str]:
        """Parameters that the engine fills in and no user sets."""
        return {name for name, _ in self.explained("given")}

    @property
    def demo_parameters(self) -> dict[str, str]:
        """Values that parameters have in the demo, where the defaults would show nothing in its two hours."""
        pairs = (line.partition("=") for line in self.header.get("demo", []))
        return {name.strip(): value.strip() for name, _, value in pairs}

    @property
    def learner(self) -> str:
        """The Python object, as module.name, that learns from the rows of the query; empty where none does."""
        return " ".join(self.header.get("learner", []))

    @cached_property
    def parameters(self) -> dict[str, str | None]:
        """Parameters by name with their defaults, None where there is none."""
        defaults: dict[str, str | None] = {}
        for match in self.uses:
            if defaults.get(match[1]) is None:
                defaults[match[1]] = match[2]
        return defaults

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """What a value of each parameter that the header explains must be; one without a kind is left out."""
        found = {}
        for name, meaning in self.explained("params"):
            with suppress(ValueError):  # check says so
                found[name] = kind_of(meaning)
        return found

    @cached_property
    def uses(self) -> list[re.Match]:
        """Where parameters stand; one in a comment is none."""
        return list(PARAMETER.finditer(code(self.text)))

    @cached_property
    def references(self) -> References:
        """The tables, views and functions that the statement uses."""
        return references(self.text)

    def find(self, pattern: str) -> tuple[int, int] | None:
        """Line and column of the first match of a pattern, comments left out; None if there is none."""
        offset = find_code(self.text, pattern)
        return None if offset is None else line_and_column(self.text, offset)

    def find_header(self, key: str, name: str = "") -> tuple[int, int]:
        """Line and column of a line of the header, or of a name in one."""
        return line_and_column(self.text, self.offset_in_header(key, name))

    def offset_in_header(self, key: str, name: str = "") -> int:
        """Where a line of the header, or a name in one, begins."""
        line, of_name = rf"^(?=--\s*{key}:)", rf"^--\s*{key}:.*?\b(?={re.escape(name)}\b)"
        # A long line may be wrapped before the name.
        found = (name and re.search(of_name, self.text, re.M)) or re.search(line, self.text, re.M)
        return found.end() if found else 0

    def defines(self) -> str:
        """TABLE, VIEW or FUNCTION; what it is named, the file is."""
        match = _DEFINITION.search(self.text)
        kinds = _KINDS.get(self.role, (self.kind,))
        if match is None:
            raise self._problem(0, f"nothing is defined here; begin a line with CREATE VIEW {self.name}")
        if match[2] != self.name:
            raise self._problem(
                match.start(2), f"this defines {match[2]}; a file defines one object, named after the file: {self.name}"
            )
        if match[1].upper() not in kinds:
            raise self._problem(
                match.start(1), f"under {'/'.join(self.folders)}/ a file defines a {' or '.join(kinds)}"
            )
        return self.kind

    def _problem(self, offset: int, message: str) -> Problems:
        return Problems([Problem(self.path, *line_and_column(self.text, offset), message)])

    @property
    def delay_s(self) -> int:
        """Seconds that windows wait for records of a source that come out of order."""
        match = re.match(r"(\d+) seconds\b", " ".join(self.header.get("delay", [])))
        if match is None:
            raise self._problem(0, "a source says how long windows wait; add the line: -- delay:  15 seconds")
        return int(match[1])

    @property
    def record_format(self) -> dict[str, str]:
        """Options of the format of a source's records; raises Problems where the line is not understood.

        The line is "format: json" or "format: csv", each with options such as delimiter=tab nulls=-,(empty).
        """
        kind, *words = " ".join(self.header.get("format", ["json"])).split()
        pairs = {name: value for name, _, value in (word.partition("=") for word in words)}
        delimiter = pairs.pop("delimiter", "comma")
        unknown = sorted(pairs.keys() - set(_FORMAT_OPTIONS))
        if kind not in ("json", "csv") or unknown or (delimiter not in _DELIMITERS and len(delimiter) != 1):
            example = "-- format: csv delimiter=tab nulls=-,(empty)"
            raise self._problem(
                self.offset_in_header("format"),
                "expected json or csv, with delimiter (tab, blank, comma, semicolon or a character), "
                f"nulls, fields or envelope, as in the line: {example}",
            )
        if "nulls" in pairs:
            pairs["nulls"] = pairs["nulls"].replace(",", " ")
        return pairs | ({"delimiter": _DELIMITERS.get(delimiter, delimiter)} if kind == "csv" else {})

    @property
    def file_names(self) -> list[str]:
        """Patterns of the names that files with a source's records have in a folder; none where any may have."""
        return [name for value in self.header.get("files", []) for name in re.split(r"[,\s]+", value) if name]

    @property
    def skips(self) -> list[tuple[str, str]]:
        """(condition over the source's fields, why such a record is no flow) of the lines "skips: CONDITION: WHY"."""
        rules = [value.rpartition(": ") for value in self.header.get("skips", [])]
        if any(not condition for condition, _, _ in rules):
            raise self._problem(
                self.offset_in_header("skips"), "expected a condition and why: -- skips: event_type <> 'flow': no flow"
            )
        return [(condition.strip(), why.strip()) for condition, _, why in rules]

    @property
    def time(self) -> tuple[list[str], int]:
        """(fields whose sum is when a record of a source ended, their unit in ns; 0: ISO 8601); an absent one is 0."""
        match = _TIME.fullmatch(" ".join(self.header.get("time", [])))
        if match is None:
            raise self._problem(0, "a source says when a record ended; add the line: -- time:   ts + duration in s")
        return match[1].split(" + "), _UNITS_NS[match[2]]

    @property
    def fields(self) -> list[str]:
        """What a source's table reads from a record; its computed columns are left out."""
        return [match[1].strip("`").removeprefix("$.") for match in _FIELD.finditer(code(self.text))]

    @property
    def is_view(self) -> bool:
        return self.kind == "VIEW"

    def missing(self, given: Iterable[str]) -> list[str]:
        """Parameters that have neither a default nor a given value."""
        return [name for name, default in self.parameters.items() if name not in given and default is None]

    def statement(self, values: dict[str, str], expressions: dict[str, str] | None = None) -> Statement:
        """The statement with its parameters filled in: `values` inside literals, `expressions` as they are.

        Raises UserError naming every parameter without a value.
        """
        texts = {name: value.replace("'", "''") for name, value in values.items()} | (expressions or {})
        if missing := self.missing(texts):
            raise UserError(f"{shown(self.path)}: no value for {', '.join(missing)}; give it with --set NAME=VALUE")
        filled, pieces, length, end = [], [], 0, 0
        for match in self.uses:
            value = texts[match[1]] if match[1] in texts else self.parameters[match[1]] or ""
            pieces += [self.text[end : match.start()], value]
            length += match.start() - end
            filled.append((length, length + len(value), *match.span()))
            length, end = length + len(value), match.end()
        return Statement("".join([*pieces, self.text[end:]]), self, filled)

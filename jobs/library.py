"""The SQL files: what each defines, what it needs, and its text with parameters filled in.

One file defines one object and is named after it. What a file needs is found by the names it mentions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from jobs.errors import Problem, Problems, UserError, shown

SQL_ROOT = Path(__file__).resolve().parent.parent / "sql"

# Parameters that no SQL file mentions: (meaning, default).
OWN_PARAMETERS = {
    "IDLE_TIMEOUT_SECONDS": ("when a silent Kafka partition stops holding windows back; 0: never", "30"),
}
# What SQL files mention and no user sets: expressions of SQL, and a text.
EXPRESSIONS = ("POSITION", "RECORD_TIME_MS", "FLOW_END_MS", "LINES")
GIVEN_AT_START = (*EXPRESSIONS, "INPUT")
HEADER_KEYS = ("grain", "key", "params", "state", "delay", "lines", "misses")

TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^']|'')*')|(?P<quoted>`[^`]*`)|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<sign>[^\s\w])",
    re.S,
)
PARAMETER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}']*))?\}")
_DEFINITION = re.compile(
    r"^CREATE\s+(?:TEMPORARY\s+)?(TABLE|VIEW|FUNCTION)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:sources\.)?`?(\w+)", re.M | re.I
)
_KINDS = {"functions": ("FUNCTION",), "accounting": ("VIEW",), "analyses": ("VIEW",)}
_HEADER_KEY = re.compile(rf"^({'|'.join(HEADER_KEYS)}):\s*(.*)$")


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Where in a text a character stands; both count from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def code(text: str) -> str:
    """The text with blanks in place of comments; a hint is no comment."""

    def blank(token: re.Match) -> str:
        is_comment = token["comment"] and not token["comment"].startswith("/*+")
        return re.sub(r"\S", " ", token[0]) if is_comment else token[0]

    return TOKEN.sub(blank, text)


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
        moved = [place if place[0] < end else (place[0] + grown, place[1] + grown, *place[2:]) for place in self.filled]
        repair = (start, start + len(instead), *(self._offset_in_file(offset) for offset in span))
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
    """One SQL file."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def folder(self) -> str:
        """sources, views, functions, accounting or analyses."""
        return self.path.parent.name

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

    @cached_property
    def parameters(self) -> dict[str, str | None]:
        """Parameters by name with their defaults, None where there is none."""
        defaults: dict[str, str | None] = {}
        for match in self.uses:
            if defaults.get(match[1]) is None:
                defaults[match[1]] = match[2]
        return defaults

    @cached_property
    def uses(self) -> list[re.Match]:
        """Where parameters stand; one in a comment is none."""
        return list(PARAMETER.finditer(code(self.text)))

    @cached_property
    def mentions(self) -> set[str]:
        """Every identifier in the statement, outside comments and literals."""
        tokens = TOKEN.finditer(self.text)
        return {match["word"] or match["quoted"].strip("`") for match in tokens if match["word"] or match["quoted"]}

    def find(self, pattern: str) -> tuple[int, int] | None:
        """Line and column of the first match of a pattern, comments left out; None if there is none."""
        offset = find_code(self.text, pattern)
        return None if offset is None else line_and_column(self.text, offset)

    def find_header(self, key: str) -> tuple[int, int]:
        """Line and column of a line of the header."""
        return line_and_column(self.text, re.search(rf"^--\s*{key}:", self.text, re.M).start())

    def find_parameter(self, name: str) -> tuple[int, int]:
        """Line and column of the first use of a parameter."""
        return line_and_column(self.text, next(match.start() for match in self.uses if match[1] == name))

    def defines(self) -> str:
        """TABLE, VIEW or FUNCTION; what it is named, the file is."""
        match = _DEFINITION.search(self.text)
        kinds = _KINDS.get(self.folder, ("TABLE", "VIEW"))
        if match is None:
            raise self._problem(0, f"nothing is defined here; begin a line with CREATE {kinds[-1]} {self.name}")
        if match[2] != self.name:
            raise self._problem(
                match.start(2), f"this defines {match[2]}; a file defines one object, named after the file: {self.name}"
            )
        if match[1].upper() not in kinds:
            raise self._problem(match.start(1), f"under {self.folder}/ a file defines a {' or '.join(kinds)}")
        return match[1].upper()

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
    def is_view(self) -> bool:
        return self.defines() == "VIEW"

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
            value = texts.get(match[1], self.parameters[match[1]])
            pieces += [self.text[end : match.start()], value]
            length += match.start() - end
            filled.append((length, length + len(value), *match.span()))
            length, end = length + len(value), match.end()
        return Statement("".join([*pieces, self.text[end:]]), self, filled)


@dataclass(frozen=True)
class Library:
    """All SQL files of a tree."""

    root: Path = SQL_ROOT
    files: dict[tuple[str, str], SqlFile] = field(init=False)

    def __post_init__(self) -> None:
        files = {}
        for path in sorted(self.root.glob("*/[!.]*.sql")):
            try:
                file = SqlFile(path, path.read_text(encoding="utf-8"))
            except UnicodeDecodeError:
                raise Problems([Problem(path, 1, 1, "this file is not text in UTF-8; save it as such")]) from None
            files[file.folder, file.name] = file
        if not files:
            raise UserError(f"no SQL files under {self.root}")
        object.__setattr__(self, "files", files)

    def folder(self, name: str) -> dict[str, SqlFile]:
        """The files of one folder by name."""
        return {file: content for (folder, file), content in self.files.items() if folder == name}

    def analyses(self, names: list[str]) -> list[SqlFile]:
        """These analyses, or all of them where none is named."""
        there = self.folder("analyses")
        unknown = [name for name in names if name not in there]
        if unknown:
            raise UserError(f"unknown analysis: {', '.join(unknown)}; there are: {', '.join(there)}")
        return [there[name] for name in dict.fromkeys(names)] if names else list(there.values())

    def lines(self, source: SqlFile) -> SqlFile:
        """The view that cuts this source's messages into lines."""
        name, views = source.header.get("lines", ["messages_in"])[0], self.folder("views")
        if name not in views:
            place = source.find_header("lines")
            raise Problems(
                [Problem(source.path, *place, f"the view {name} is not found; leave the line out, or mend it")]
            )
        return views[name]

    def source(self, name: str) -> SqlFile:
        """The source of this name."""
        there = self.folder("sources")
        if name not in there:
            raise UserError(f"unknown source: {name}; there are: {', '.join(there)}")
        return there[name]

    def parameters_of(self, file: SqlFile) -> list[tuple[str, str, str]]:
        """(name, meaning, default) of the parameters that this file documents."""
        documented = (value.partition("  ")[::2] for value in file.header.get("params", []))
        return [
            (name, meaning.strip(), self._default(file, name))
            for names, meaning in documented
            for name in map(str.strip, names.split(","))
        ]

    def common_parameters(self) -> list[tuple[str, str, str]]:
        """(name, meaning, default) of the parameters that concern every run."""
        found = [row for file in self.folder("views").values() for row in self.parameters_of(file)]
        found += [(name, meaning, default) for name, (meaning, default) in OWN_PARAMETERS.items()]
        return list({row[0]: row for row in found}.values())

    @staticmethod
    def _default(file: SqlFile, name: str) -> str:
        default = file.parameters.get(name)
        return "(by source)" if default is None and name in file.parameters else default or ""

    def needed(self, wanted: list[SqlFile]) -> list[SqlFile]:
        """What these files stand on and they themselves, each after all that it mentions.

        A source is needed by nobody: which one is meant is a choice at start. Raises UserError on a cycle, showing it.
        """
        by_name: dict[str, SqlFile] = {}
        for (folder, name), file in self.files.items():
            if folder == "sources":
                continue
            if name in by_name:
                raise Problems([Problem(file.path, 1, 1, f"{name} is already defined in {shown(by_name[name].path)}")])
            by_name[name] = file
        ordered: dict[Path, SqlFile] = {}

        def visit(file: SqlFile, path: tuple[str, ...]) -> None:
            if file.name in path:
                again = " > ".join((*path[path.index(file.name) :], file.name))
                last = by_name[path[-1]]
                raise Problems(
                    [Problem(last.path, *last.find(rf"\b{file.name}\b"), f"{file.name} needs itself: {again}")]
                )
            if file.path not in ordered:
                for name in sorted(file.mentions & by_name.keys() - {file.name}):
                    visit(by_name[name], (*path, file.name))
                ordered[file.path] = file

        for file in wanted:
            visit(file, ())
        return list(ordered.values())

    def over(self, source: SqlFile, wanted: list[SqlFile]) -> list[SqlFile]:
        """What these files stand on and they themselves, in order, over a source and the lines it is read from."""
        if source.is_view:
            return self.needed([self.lines(source), source, *wanted])
        # The columns of a table may be named like views, and are none.
        return [source, *self.needed([self.lines(source), *wanted])]

    def standing_on(self, files: list[SqlFile]) -> list[SqlFile]:
        """These files and all that need them."""
        names = {file.name for file in files}
        return [file for file in self.files.values() if names & {other.name for other in self.needed([file])}]

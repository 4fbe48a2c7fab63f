"""The SQL files: what each defines, what it needs, and its text with parameters filled in.

One file defines one object and is named after it. What a file needs is found by the names it mentions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from jobs.errors import UserError

SQL_ROOT = Path(__file__).resolve().parent.parent / "sql"

# Parameters that no SQL file mentions: (meaning, default).
OWN_PARAMETERS = {
    "IDLE_TIMEOUT_SECONDS": ("when a silent Kafka partition stops holding windows back; 0: never", "30"),
}

_TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^']|'')*')|(?P<quoted>`[^`]*`)|(?P<word>[A-Za-z_]\w*)", re.S
)
_PARAMETER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}']*))?\}")
_DEFINITION = re.compile(r"^CREATE\s+(?:TEMPORARY\s+)?(TABLE|VIEW|FUNCTION)\s+(?:sources\.)?(\w+)", re.M)
_HEADER_KEY = re.compile(r"^(grain|key|params|delay|lines|misses):\s*(.*)$")


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
        for line in self.text.splitlines():
            if not line.startswith("--"):
                break
            line = line.removeprefix("--").strip()
            if not line:
                break
            match = _HEADER_KEY.match(line)
            header.setdefault(match[1] if match else "title", []).append(match[2] if match else line)
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
        return {match[1]: match[2] for match in _PARAMETER.finditer(self.text)}

    @cached_property
    def mentions(self) -> set[str]:
        """Every identifier in the statement, outside comments and literals."""
        return {match["word"] for match in _TOKEN.finditer(self.text) if match["word"]}

    def defines(self) -> tuple[str, str]:
        """(TABLE, VIEW or FUNCTION; name)."""
        match = _DEFINITION.search(self.text)
        if match is None or match[2] != self.name:
            raise UserError(f"{self.path}: must define exactly one object, named {self.name}")
        return match[1], match[2]

    def statement(self, values: dict[str, str], expressions: dict[str, str] | None = None) -> str:
        """The statement with its parameters filled in: `values` inside literals, `expressions` as they are.

        Raises UserError naming every parameter without a value.
        """
        texts = {name: value.replace("'", "''") for name, value in values.items()} | (expressions or {})
        missing = [name for name, default in self.parameters.items() if name not in texts and default is None]
        if missing:
            raise UserError(f"{self.path}: no value for {', '.join(missing)}; give it with --set NAME=VALUE")
        return _PARAMETER.sub(lambda match: texts.get(match[1], match[2]), self.text)


@dataclass(frozen=True)
class Library:
    """All SQL files of a tree."""

    root: Path = SQL_ROOT
    files: dict[tuple[str, str], SqlFile] = field(init=False)

    def __post_init__(self) -> None:
        files = {}
        for path in sorted(self.root.glob("*/*.sql")):
            file = SqlFile(path, path.read_text(encoding="utf-8"))
            file.defines()
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
        return self.folder("views")[source.header.get("lines", ["messages_in"])[0]]

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
                raise UserError(f"{file.path}: {name} is already defined in {by_name[name].path}")
            by_name[name] = file
        ordered: dict[Path, SqlFile] = {}

        def visit(file: SqlFile, path: tuple[str, ...]) -> None:
            if file.name in path:
                raise UserError(f"{file.path}: needs itself: {' > '.join((*path, file.name))}")
            if file.path not in ordered:
                for name in sorted(file.mentions & by_name.keys() - {file.name}):
                    visit(by_name[name], (*path, file.name))
                ordered[file.path] = file

        for file in wanted:
            visit(file, ())
        return list(ordered.values())

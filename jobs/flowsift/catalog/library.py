"""The SQL files: what each defines, what it needs, and its text with parameters filled in.

One file defines one object and is named after it. What a file needs is found by the names it mentions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flowsift.catalog.file import SqlFile
from flowsift.errors import Problem, Problems, UserError, shown

SQL_ROOT = Path(__file__).resolve().parents[3] / "sql"

# Parameters that no SQL file mentions: (meaning, default).
OWN_PARAMETERS = {
    "IDLE_TIMEOUT_SECONDS": ("when a silent Kafka partition stops holding windows back; 0: never", "30"),
}
# What SQL files mention and no user sets: expressions of SQL, and a text.
EXPRESSIONS = ("POSITION", "RECORD_TIME_MS", "FLOW_END_MS", "LINES", "ARRIVAL")
GIVEN_AT_START = (*EXPRESSIONS, "INPUT")


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
        return [(name, meaning, self._default(file, name)) for name, meaning in file.explained("params")]

    def parameters_behind(self, file: SqlFile) -> list[tuple[str, str, str]]:
        """(name, meaning, default) of the parameters of a file and of what it needs, but for those of every run."""
        common = self._in_every_run()
        found = [row for other in self.needed([file]) if other not in common for row in self.parameters_of(other)]
        return list({row[0]: row for row in found}.values())

    def common_parameters(self) -> list[tuple[str, str, str]]:
        """(name, meaning, default) of the parameters that concern every run."""
        found = [row for file in self._in_every_run() for row in self.parameters_of(file)]
        found += [(name, meaning, default) for name, (meaning, default) in OWN_PARAMETERS.items()]
        return list({row[0]: row for row in found}.values())

    def _in_every_run(self) -> list[SqlFile]:
        return self.needed([self.files["views", "flows"]])

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
        functions = self.folder("functions").keys()
        ordered: dict[Path, SqlFile] = {}

        def visit(file: SqlFile, path: tuple[str, ...]) -> None:
            if file.name in path:
                again = " > ".join((*path[path.index(file.name) :], file.name))
                last = by_name[path[-1]]
                raise Problems(
                    [Problem(last.path, *last.find(rf"\b{file.name}\b"), f"{file.name} needs itself: {again}")]
                )
            if file.path not in ordered:
                # Functions alone have names that may be written in capitals.
                called = {word.lower() for word in file.mentions} & functions
                for name in sorted((file.mentions | called) & by_name.keys() - {file.name}):
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

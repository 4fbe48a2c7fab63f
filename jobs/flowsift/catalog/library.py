"""The SQL files of the package and of a project: what each defines, and what it needs.

One file defines one object and is named after it. What a file needs are the tables and views that it reads and the
functions that it calls.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from flowsift.catalog.file import SqlFile
from flowsift.catalog.project import sql_roots
from flowsift.errors import Problem, Problems, UserError, shown


class Library:
    """All SQL files of some trees, each over the one before it; without any, the package's and the project's.

    A file replaces the file of the same path in an earlier tree; raises Problems where its role is another.
    """

    def __init__(self, *roots: Path) -> None:
        self.roots = roots or sql_roots()
        files: dict[Path, SqlFile] = {}
        self._replacing: set[Path] = set()
        for root in self.roots:
            for path in root.glob("*/**/[!.]*.sql"):
                file = _read(path, root)
                if replaced := files.get(path.relative_to(root)):
                    _check_role(file, replaced)
                    self._replacing.add(path)
                files[path.relative_to(root)] = file
        if not files:
            raise UserError(f"no SQL files under {' or '.join(map(str, self.roots))}")
        self.files = tuple(files[path] for path in sorted(files))

    @property
    def own_files(self) -> list[SqlFile]:
        """The files of the project, where it lies over the package."""
        return [file for file in self.files if file.root != self.roots[0]]

    def replaces(self, file: SqlFile) -> bool:
        """Whether a file replaces one of the package."""
        return file.path in self._replacing

    def all(self, role: str) -> dict[str, SqlFile]:
        """The files of a role, such as analysis or source, by name."""
        return {file.name: file for file in self.files if file.role == role}

    @cached_property
    def objects(self) -> dict[str, SqlFile]:
        """All files but sources by name; raises Problems where two have one.

        A source may be named like a view: which source is meant is a choice at start, so nothing refers to one.
        """
        found: dict[str, SqlFile] = {}
        # The package's first: what is wrong is wrong with the file of the project.
        for file in sorted(self.files, key=lambda file: self.roots.index(file.root)):
            if file.role == "source":
                continue
            if other := found.get(file.name):
                message = f"{file.name} is already defined in {shown(other.path)}"
                if file.root != other.root:
                    folder = file.root.joinpath(*other.folders)
                    message += f"; to replace it, move this file to {shown(folder)}/, or else choose another name"
                raise Problems([Problem(file.path, 1, 1, message)])
            found[file.name] = file
        return {file.name: file for file in self.files if file.role != "source"}

    def analyses(self, names: list[str]) -> list[SqlFile]:
        """These analyses, or all of them where none is named."""
        there = self.all("analysis")
        unknown = [name for name in names if name not in there]
        if unknown:
            raise UserError(f"unknown analysis: {', '.join(unknown)}; there are: {', '.join(there)}")
        return [there[name] for name in dict.fromkeys(names)] if names else list(there.values())

    def source(self, name: str) -> SqlFile:
        """The source of this name."""
        there = self.all("source")
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
        return list({row[0]: row for row in found}.values())

    def _in_every_run(self) -> list[SqlFile]:
        return [file for file in self.files if file.folders[0] == "intake"]

    @staticmethod
    def _default(file: SqlFile, name: str) -> str:
        default = file.parameters.get(name)
        return "(by source)" if default is None and name in file.parameters else default or ""

    def read_by(self, file: SqlFile) -> list[SqlFile]:
        """The files that this one reads or calls itself, by name."""
        # Functions alone have names that may be written in capitals.
        calls = {name.lower() for name in file.references.calls} & self.all("function").keys()
        names = (file.references.tables | calls) & self.objects.keys()
        return [self.objects[name] for name in sorted(names)]

    def needed(self, wanted: list[SqlFile]) -> list[SqlFile]:
        """What these files depend on and they themselves, each after all that it needs.

        Raises Problems on a cycle, showing it, and where a name is defined twice.
        """
        ordered: dict[Path, SqlFile] = {}

        def visit(file: SqlFile, path: tuple[str, ...]) -> None:
            if file.name in path:
                again = " > ".join((*path[path.index(file.name) :], file.name))
                last = self.objects[path[-1]]
                raise Problems(
                    [
                        Problem(
                            last.path, *(last.find(rf"\b{file.name}\b") or (1, 1)), f"{file.name} needs itself: {again}"
                        )
                    ]
                )
            if file.path not in ordered:
                for other in self.read_by(file):
                    visit(other, (*path, file.name))
                ordered[file.path] = file

        for file in wanted:
            visit(file, ())
        return list(ordered.values())

    def over(self, source: SqlFile, wanted: list[SqlFile]) -> list[SqlFile]:
        """What these files depend on and they themselves, in order, over a source."""
        # The columns of a source may be named like views, and are none.
        return [source, *self.needed(wanted)]

    def dependents(self, files: list[SqlFile]) -> list[SqlFile]:
        """These files and all that need them."""
        paths = {file.path for file in files}
        return [file for file in self.files if paths & {other.path for other in self.needed([file])}]


def _read(path: Path, root: Path) -> SqlFile:
    try:
        return SqlFile(path, path.read_text(encoding="utf-8"), root)
    except UnicodeDecodeError:
        raise Problems([Problem(path, 1, 1, "this file is not text in UTF-8; save it as such")]) from None


def _check_role(file: SqlFile, replaced: SqlFile) -> None:
    if file.role != replaced.role:
        kinds = {"accounting": "a sink of every run", "analysis": "an analysis"}
        is_now, was = (kinds.get(role, f"a {role}") for role in (file.role, replaced.role))
        message = f"this is {is_now}, and replaces {was}, {shown(replaced.path)}; make it one, or choose another name"
        raise Problems([Problem(file.path, 1, 1, message)])

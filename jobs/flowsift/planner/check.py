"""Plan SQL files with Flink's own planner, without running a job, and say everything that is wrong with them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from flowsift.catalog import lint
from flowsift.catalog.file import SqlFile
from flowsift.catalog.library import Library
from flowsift.engine.contract import FLOWS, LATE_FLOWS, SINKS_DATABASE, USUAL_SOURCE, WATERMARK_DELAY
from flowsift.engine.endpoints import FileInput
from flowsift.engine.flink.errors import blamed_on
from flowsift.engine.flink.jvm import SHORT_LIVED, prepare_java
from flowsift.engine.flink.tables import column_definitions, column_types
from flowsift.engine.pipeline import Pipeline
from flowsift.engine.settings import planning_settings
from flowsift.errors import Problem, Problems, UserError, shown
from flowsift.planner import plan
from flowsift.planner.warnings import Concern, concerns
from flowsift.scratch import scratch_folder

# Of a parameter whose kind is unknown, which is reported.
_SOME_VALUE = "1"


def chosen(library: Library, names: list[str]) -> list[SqlFile]:
    """The files of these paths or names; where none is given, those of the project over the package, or else all.

    Raises UserError for one that is not there.
    """
    files, unknown = [], []
    for name in names:
        path = Path(name).resolve()
        found = [file for file in library.files if file.path.resolve() == path or file.name == name]
        files += found
        unknown += [] if found else [name]
    if unknown:
        raise UserError(f"no SQL file under {' or '.join(map(shown, library.roots))}: {', '.join(unknown)}")
    return files if names else library.own_files or list(library.files)


def check(
    library: Library, files: list[SqlFile], parameters: dict[str, str] | None = None
) -> tuple[list[Problem], list[SqlFile]]:
    """(what is wrong with these files and with what depends on them, files left out because they need a broken one)."""
    if wrong := lint.circles(library):
        return wrong, []
    wrong = lint.unlike_defaults(library, files) + lint.trespasses(library, files)
    for file in files:
        wrong += lint.omissions(file, library) + lint.faults(file)
    prepare_java(SHORT_LIVED)
    left_out: list[SqlFile] = []
    with scratch_folder() as scratch:
        try:
            flows = library.over(library.source(USUAL_SOURCE), [library.objects[FLOWS]])
            is_whole = any(file in flows or file.role in ("source", "accounting") for file in files)
            for source in library.all("source"):
                if source == USUAL_SOURCE or is_whole:
                    planner = Planner(library, source, parameters or {}, scratch)
                    wrong += planner.problems_of(files, whole=is_whole)
                    left_out += planner.pipeline.left_out
        except Problems as error:
            wrong += error.problems
    return sorted(set(wrong)), list(dict.fromkeys(left_out))


class Planner:
    """Plans files over one source and collects what is wrong with them."""

    def __init__(self, library: Library, source: str, parameters: dict[str, str], scratch: Path) -> None:
        self.library, self.scratch = library, scratch
        recorded = scratch / "recorded.jsonl"
        recorded.touch()
        records = FileInput("recorded", [recorded])
        self.pipeline = Pipeline(library, source, records, planning_settings(scratch), keeps_plans=True)
        everything = list(library.objects.values())
        # A parameter that must be given stands for something; for a plan, any value of its kind will do.
        kinds = {name: kind for file in everything for name, kind in file.kinds.items()}
        values = {
            name: kinds[name].example if name in kinds else _SOME_VALUE
            for file in everything
            for name in file.missing({*file.given, WATERMARK_DELAY})
        }
        self.pipeline.set({**values, **parameters}, [self.pipeline.source, *everything])
        self._created: set[Path] = set()
        self._create([library.objects[FLOWS]])

    def _create(self, wanted: list[SqlFile]) -> None:
        files = self.library.over(self.pipeline.source, wanted)
        new = [file for file in files if file.path not in self._created]
        self._created |= {file.path for file in new}
        self.pipeline.create(new)

    def problems_of(self, files: list[SqlFile], *, whole: bool) -> list[Problem]:
        """What is wrong with files and with what depends on them; `whole` for all that every run needs, too."""
        if whole:
            accounting = self.library.all("accounting")
            self._create(list(accounting.values()))
            # Sources differ in how records are read, and late_flows is all of that; the rest is planned over one.
            is_usual = self.pipeline.source.name == USUAL_SOURCE
            self._plan_all(list(accounting.values()) if is_usual else [accounting[LATE_FLOWS]])
        if self.pipeline.source.name == USUAL_SOURCE:
            self._plan_analyses(self.library.dependents(files))
        return self.pipeline.problems

    def _plan_all(self, files: list[SqlFile]) -> None:
        self._create(files)
        for file in files:
            self._plan(file)

    def _plan_analyses(self, touched: list[SqlFile]) -> None:
        """Plan these analyses, and these views if no other file needs them, over a table in the place of `flows`."""
        if not self.pipeline.is_there(FLOWS):
            self.pipeline.left_out += [file for file in touched if file.role == "analysis"]
            return
        self.stand_in_for_flows()
        used = {other.path for file in self.library.files for other in self.library.read_by(file)}
        self._create([file for file in touched if file.role == "function"])
        self._plan_all(
            [file for file in touched if file.role == "analysis" or (file.role == "view" and file.path not in used)]
        )

    def explain(self, file: SqlFile) -> tuple[str, list[tuple[str, str]]]:
        """(Flink's plan of what fills a file's sink, name and type of each column).

        Raises Problems if it has no plan.
        """
        self._create([file])
        self.pipeline.raise_problems()
        text = self._planned(file) or ""
        self.pipeline.raise_problems()
        return text, column_types(self.pipeline.environment.from_path(file.name))

    def stand_in_for_flows(self) -> None:
        """Plan from here on over a table in the place of `flows`, which is faster."""
        self.pipeline.stand_in(FLOWS)

    def _plan(self, file: SqlFile) -> None:
        if not self.pipeline.is_there(file.name) or not self.pipeline.has_its_columns(file):
            return
        self._ask_for_meanings(file)
        if text := self._planned(file):
            for each in [*self.learned_from(file), text]:
                for concern in concerns(plan.parse(each)[0]):
                    self._add(concern, file)

    def _ask_for_meanings(self, file: SqlFile) -> None:
        """Add a problem where a sink has columns without a meaning in the header of its file."""
        if file.role not in ("analysis", "accounting"):
            return
        meanings = dict(file.explained("columns"))
        names = [name for name, _ in column_types(self.pipeline.environment.from_path(file.name))]
        if missing := [name for name in names if not meanings.get(name)]:
            message = (
                f"no meaning of {', '.join(missing)}; add for each: -- columns: NAME  what it holds, in which unit"
            )
            self.pipeline.problems.append(Problem(file.path, 1, 1, message))

    def learned_from(self, file: SqlFile) -> list[str]:
        """Flink's plans of what the learners that a file needs read; they are no part of the file's own plan."""
        return [self.pipeline.learned_from[other.name] for other in self.library.needed([file]) if other.learner]

    def _planned(self, file: SqlFile) -> str | None:
        """Flink's plan of what fills the sink of a file; the sink takes only new rows unless the file has a key."""
        columns = column_definitions(self.pipeline.environment.from_path(file.name), not_null=file.key)
        with_options = f"'connector' = 'filesystem', 'path' = '{self.scratch}/{file.name}', 'format' = 'json'"
        if file.key:
            columns += f", PRIMARY KEY ({', '.join(f'`{name}`' for name in file.key)}) NOT ENFORCED"
            with_options = "'connector' = 'blackhole'"
        self.pipeline.run(f"CREATE TABLE {SINKS_DATABASE}.{file.name} ({columns}) WITH ({with_options})")
        return self.pipeline.plan(file, f"INSERT INTO {SINKS_DATABASE}.{file.name} SELECT * FROM {file.name}")

    def _add(self, concern: Concern, analysis: SqlFile) -> None:
        """Add a concern at its place in the lowest file whose own plan has it, or at the query of that file."""
        files, below_flows = self.library.needed([analysis]), self.library.needed([self.library.objects[FLOWS]])
        if below_flows[-1] in files:
            files = [file for file in files if file not in below_flows]
        file = next(file for file in files if file is analysis or self._has(concern, file))
        if not (concern.countable and file.header.get("state")):
            places = (*concern.places, r"\bSELECT\b", r"\bCREATE\b")
            where = next(filter(None, (file.find(f"(?is){place}") for place in places)))
            self.pipeline.problems.append(Problem(file.path, *where, concern.message))

    def _has(self, concern: Concern, file: SqlFile) -> bool:
        """Whether a file is a view that has a concern even when it is planned alone."""
        if file.role != "view":
            return False
        with suppress(UserError), blamed_on(file.name):
            text = self.pipeline.learned_from.get(file.name)
            text = text or self.pipeline.environment.explain_sql(f"SELECT * FROM {file.name}")
            return concern in concerns(plan.parse(text)[0])
        return False

"""What an edit to an analysis changes in its results, against the last commit."""

from __future__ import annotations

import io
import subprocess
import tarfile
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from flowsift.catalog.library import Library
from flowsift.engine.contract import ENGINE_PARAMETERS, LEDGER
from flowsift.engine.results import rows
from flowsift.engine.submit import run
from flowsift.errors import UserError
from flowsift.report.progress import watch
from flowsift.report.summary import print_ledger
from flowsift.report.tables import console, identity, in_order, row_table, short
from flowsift.scratch import scratch_folder
from flowsift.workbench.differences import same
from flowsift.workbench.preview import SETTINGS, Preview


def compare(asked: Preview, edited: Library) -> None:
    """Show which rows an edit brings, loses and keeps, against the last commit of the library.

    Where nothing was edited, the comparison is between the parameters given and the defaults.
    """
    out = console()
    [analysis] = edited.analyses([asked.analysis])
    with scratch_folder() as folder:
        committed = Library(*edited.roots[:-1], _committed_sql(edited.roots[-1], folder))
        if analysis.name not in committed.all("analysis"):
            raise UserError(f"{asked.analysis} is not in the last commit; there is nothing to compare it with")
        changed = [
            file.path.name for file in edited.needed([analysis])
            if file.name not in committed.objects or committed.objects[file.name].text != file.text
        ]  # fmt: skip
        if not changed and not asked.parameters:
            raise UserError(f"{asked.analysis} is as it was committed; edit it, or give other parameters with --set")
        known = {name for file in committed.needed(committed.analyses([asked.analysis])) for name in file.parameters}
        known |= ENGINE_PARAMETERS.keys()
        common = {name: value for name, value in asked.parameters.items() if name in known}
        before = replace(asked, parameters=common if changed else {})
        found = []
        for name, library, wanted in (("before", committed, before), ("after", edited, asked)):
            output = folder / name
            run(wanted.request(output), SETTINGS, library=library, watching=watch)
            found.append(rows(output / asked.analysis))
        what = ", ".join(changed) or " ".join(f"--set {name}={value}" for name, value in asked.parameters.items())
        out.print(f"{asked.analysis}, before and after {what}:")
        _print_changes(out, changes(*found), analysis.order, asked.limit)
        print_ledger(rows(folder / "after" / LEDGER))


@dataclass(frozen=True)
class Changes:
    """Rows that came, went and stayed; `moved` are those that stayed with other numbers, (before, after)."""

    gained: list[dict]
    lost: list[dict]
    kept: int
    moved: list[tuple[dict, dict]]


def changes(before: list[dict], after: list[dict]) -> Changes:
    """Compare two results; a row is known again by what it is about, whatever its numbers are."""
    left: dict[tuple, list[dict]] = {}
    for row in before:
        left.setdefault(identity(row), []).append(row)
    kept, others = 0, []
    for row in after:
        alike = left.get(identity(row), [])
        match = next((i for i, earlier in enumerate(alike) if _is_same(earlier, row)), None)
        if match is None:
            others.append(row)
        else:
            alike.pop(match)
            kept += 1
    gained, moved = [], []
    for row in others:
        alike = left.get(identity(row))
        if alike:
            moved.append((alike.pop(0), row))
        else:
            gained.append(row)
    return Changes(gained, [row for rest in left.values() for row in rest], kept + len(moved), moved)


def _is_same(row: dict, other: dict) -> bool:
    return row.keys() == other.keys() and all(same(value, other[name]) for name, value in row.items())


def _print_changes(out: Console, found: Changes, order: list[tuple[str, bool]], limit: int) -> None:
    out.print(
        f"gained {len(found.gained):,}, lost {len(found.lost):,}, kept {found.kept:,}, "
        f"of these with other numbers {len(found.moved):,}"
    )
    for title, some in (("gained", found.gained), ("lost", found.lost)):
        if some:
            out.print(row_table(in_order(some, order)[:limit], _first(title, some, limit)))
    moved = [
        {name: value if earlier.get(name) == value else f"{short(earlier.get(name))} → {short(value)}"
         for name, value in row.items()}
        for earlier, row in found.moved[:limit]
    ]  # fmt: skip
    if moved:
        out.print(row_table(moved, _first("kept, with other numbers", found.moved, limit)))


def _first(title: str, some: list, limit: int) -> str:
    return title if len(some) <= limit else f"{title}, the first {limit}"


def _committed_sql(root: Path, folder: Path) -> Path:
    """The SQL files of a tree as of the last commit, in `folder`."""
    command = ["git", "-C", str(root), "archive", "--prefix=sql/", "HEAD", "."]
    answer = subprocess.run(command, capture_output=True)
    if answer.returncode != 0:
        raise UserError(f"--compare needs the last commit: {answer.stderr.decode().strip().splitlines()[0]}")
    with tarfile.open(fileobj=io.BytesIO(answer.stdout)) as archive:
        archive.extractall(folder / "committed", filter="data")
    return folder / "committed" / "sql"

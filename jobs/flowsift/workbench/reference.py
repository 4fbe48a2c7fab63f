"""The reference pages under docs/analyses/: headers of SQL files, the state of their plans, docstrings of functions."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

from flowsift.catalog.file import SqlFile
from flowsift.catalog.library import Library
from flowsift.catalog.lint import python_object, python_path
from flowsift.engine.contract import common_parameters
from flowsift.planner.explain import Description, describe

FOLDER = Path("docs", "analyses")


def pages(library: Library) -> dict[str, str]:
    """The text of each page by file name: one an analysis and a function, and an index."""
    analyses = list(library.all("analysis").values())
    accounting = list(library.all("accounting").values())
    functions = list(library.all("function").values())
    texts = {f"{found.file.name}.md": _of_analysis(found) for found in describe(library, analyses)}
    texts |= {f"{file.name}.md": _of_function(file) for file in functions}
    texts["README.md"] = _index(library, analyses, accounting, functions)
    return texts


def write(library: Library, project: Path) -> list[Path]:
    """Write the pages that are not current, remove those of files that are gone; returns what was changed."""
    folder = project / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    texts = pages(library)
    changed = [path for path in folder.glob("*.md") if path.name not in texts]
    for path in changed:
        path.unlink()
    for name, text in texts.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def _index(library: Library, *groups: list[SqlFile]) -> str:
    lines = [
        "# Reference",
        "",
        "Made by `flowsift reference` from the headers of the SQL files and the docstrings of functions.",
    ]
    for title, files in zip(("Analyses", "In every run", "Functions"), groups):
        lines += ["", f"## {title}", ""]
        for file in files:
            name = f"`{file.name}`" if file.role == "accounting" else f"[`{file.name}`]({file.name}.md)"
            lines.append(f"- {name}: {file.title}")
    lines += ["", "## Parameters of every run", "", *_parameters(common_parameters(library))]
    return "\n".join(lines) + "\n"


def _of_analysis(found: Description) -> str:
    file = found.file
    latest = f" The last value of each {', '.join(file.key)} counts." if file.key else ""
    lines = [
        f"# {file.name}", "", file.title, "",
        f"**Grain:** {' '.join(file.header.get('grain', []))}.{latest}", "",
        f"**Misses:** {' '.join(file.header.get('misses', []))}.",
    ]  # fmt: skip
    if found.keeps:
        lines += ["", "## State", "", *(f"- {kept}" for kept in found.keeps)]
    if state := file.header.get("state"):
        lines += ["", f"What bounds it: {' '.join(state)}."]
    if found.views:
        lines += ["", "## Views on the way", "", *(f"- `{view.name}`: {view.title}" for view in found.views)]
    if found.functions:
        lines += [
            "",
            "## Functions",
            "",
            *(f"- [`{other.name}`]({other.name}.md): {other.title}" for other in found.functions),
        ]
    lines += ["", "## Columns", "", "| column | type | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {column_type} | {_in_a_cell(meaning)} |" for name, column_type, meaning in found.columns]
    if found.parameters:
        lines += ["", "## Parameters", "", *_parameters(found.parameters)]
    return "\n".join(lines) + "\n"


def _parameters(parameters: list[tuple[str, str, str]]) -> list[str]:
    rows = [f"| `{name}` | {default} | {_in_a_cell(meaning)} |" for name, meaning, default in parameters]
    return ["| parameter | default | meaning |", "|---|---|---|", *rows]


def _in_a_cell(text: str) -> str:
    return text.replace("|", r"\|")


def _of_function(file: SqlFile) -> str:
    path = python_path(file) or ""
    module_name = path.rpartition(".")[0]
    module = importlib.import_module(module_name)
    behind = python_object(path)._func
    others = [
        other for other in vars(module).values()
        if inspect.isfunction(other) and other.__module__ == module_name and other is not behind
    ]  # fmt: skip
    lines = [f"# {file.name}", "", file.title, "", f"`{module_name}`: {inspect.getdoc(module)}", ""]
    lines += [_signature(file.name, behind), "", inspect.getdoc(behind) or ""]
    for other in sorted(others, key=lambda function: function.__code__.co_firstlineno):
        if not other.__name__.startswith("_"):
            lines += ["", f"## {other.__name__}", "", _signature(other.__name__, other), "", _documentation(other)]
    return "\n".join(lines) + "\n"


def _signature(name: str, function) -> str:
    # Annotations are kept as texts, and shown in quotes.
    return f"```python\n{name}{inspect.signature(function)}\n```".replace("'", "")


def _documentation(function) -> str:
    """A docstring, its examples as code."""
    text, _, examples = (inspect.getdoc(function) or "").partition("\n\n>>>")
    return text + (f"\n\n```python\n>>>{examples}\n```" if examples else "")

"""A new analysis out of the template beside this file: its SQL file and its cases, which pass as they are."""

from __future__ import annotations

import re
from pathlib import Path

from flowsift.catalog.library import Library
from flowsift.errors import UserError, shown
from flowsift.workbench.cases import CASES_FOLDER

TEMPLATE = Path(__file__).with_name("template")
# Of Flink's SQL, in lower case; a test compares them with Flink's parser.
RESERVED = frozenset((Path(__file__).parents[1] / "catalog" / "reserved_words.txt").read_text(encoding="utf-8").split())
_TITLE = "Sources with many flows in a minute."


def new(library: Library, name: str, root: Path, title: str = "") -> list[Path]:
    """Write the analysis and its cases into the project `root`; returns what was written.

    Raises UserError, and writes nothing, where the name will not do or something of it is there already.
    """
    check_name(library, name)
    texts = {
        "ANALYSIS": name,
        "PARAMETER": f"{name.upper()}_THRESHOLD",
        "TITLE": " ".join((title or _TITLE).split()).rstrip(".") + ".",
    }
    files = {
        root / _filled(str(path.relative_to(TEMPLATE)), texts): _filled(path.read_text(encoding="utf-8"), texts)
        for path in sorted(TEMPLATE.rglob("*.*"))
    }
    for path in (root / CASES_FOLDER / name, *files):
        if path.exists():
            raise UserError(f"{shown(path)} exists; choose another name, or remove it")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def check_name(library: Library, name: str) -> None:
    """Raise UserError unless an analysis can have this name."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise UserError(f"{name!r}: expected a name in snake_case, such as port_scans")
    if name in RESERVED:
        raise UserError(f"{name} is a reserved word of SQL; choose another name, such as {name}_per_host")
    if there := [file.path for file in library.files if file.name == name]:
        raise UserError(f"{name} is already there: {shown(there[0])}; choose another name")


def next_steps(name: str, files: list[Path]) -> str:
    """What was written, and what to do with it."""
    [sql] = [path for path in files if path.suffix == ".sql"]
    cases = [path for path in files if path != sql]
    return "\n".join(
        [
            *(f"wrote {shown(path)}" for path in (sql, *cases)),
            "",
            f"edit it      {shown(sql)}",
            f"check it     flowsift check {shown(sql)}",
            f"preview it   flowsift preview {name} --input FILE",
            f"test it      flowsift test {name}",
            "document it  flowsift reference",
        ]
    )


def _filled(text: str, texts: dict[str, str]) -> str:
    return re.sub("|".join(texts), lambda match: texts[match[0]], text)

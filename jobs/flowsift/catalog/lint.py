"""What a SQL file must hold before Flink sees it: header, parameters, quotes and parentheses, functions that import."""

from __future__ import annotations

import importlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches

from flowsift.catalog.file import HEADER_KEYS, PARAMETER, ROOMS, SqlFile, line_and_column
from flowsift.catalog.library import Library
from flowsift.catalog.parameters import kind_of
from flowsift.catalog.references import TOKEN, code
from flowsift.errors import Problem, Problems, shown

# What a header must say, by the role of a file.
REQUIRED = {
    "source": ("title", "grain"),
    "view": ("title", "grain"),
    "function": ("title",),
    "accounting": ("title", "grain", "misses"),
    "analysis": ("title", "grain", "misses"),
}
_MEANINGS = {
    "title": "what it shows, in a sentence",
    "grain": "what one row stands for",
    "misses": "what it cannot see",
}
_NUMBER = re.compile(
    r"CAST\(\s*'\$\{\w+:-(?P<default>[^}']*)\}'\s+AS\s+(?:TINYINT|SMALLINT|INT|BIGINT|FLOAT|DOUBLE|DECIMAL)\b", re.I
)
_PARENTHESES = {")": "(", "]": "["}
_LEARNER = re.compile(r"^--\s*learner:\s*([\w.]+)", re.M)
_PYTHON_OBJECT = re.compile(r"AS\s+'([\w.]+)'\s+LANGUAGE\s+PYTHON")


def faults(file: SqlFile) -> list[Problem]:
    """What keeps Flink from reading a file, or makes it read something else than it says."""
    if file.folders[0] not in ROOMS:
        room = file.folders[0]
        return [Problem(file.path, 1, 1, f"{room}/ is no folder for SQL files{nearest(room, ROOMS)}")]
    found = [
        Problem(file.path, *line_and_column(file.text, offset), message)
        for offset, message in [*_parameters(file), *_signs(file), *_nulls(file), *_python(file)]
    ]
    try:
        file.defines()
    except Problems as error:
        found += error.problems
    return found


def omissions(file: SqlFile, library: Library) -> list[Problem]:
    """What a reader of a file misses in its header."""
    return [
        Problem(file.path, *line_and_column(file.text, offset), message)
        for offset, message in [*_header(file), *_explanations(file, library)]
    ]


def circles(library: Library) -> list[Problem]:
    """A name defined twice, or files that need one another in a circle: with these, nothing can be planned."""
    try:
        library.needed(list(library.objects.values()))
    except Problems as error:
        return error.problems
    return []


def trespasses(library: Library, files: list[SqlFile]) -> list[Problem]:
    """Where these files read a part of another family."""
    return [
        Problem(
            file.path,
            *(file.find(rf"\b{part.name}\b") or (1, 1)),
            f"only {'/'.join(part.family)}/ may read {part.name}; if several families need it, move it to rollups/",
        )
        for file in files
        for part in library.read_by(file)
        if part.is_part and part.role == "view" and file.family != part.family
    ]


def unlike_defaults(library: Library, files: list[SqlFile]) -> list[Problem]:
    """Parameters of these files that have another default elsewhere."""
    places: dict[str, dict[str, SqlFile]] = defaultdict(dict)
    for file in library.files:
        for match in file.uses:
            if match[2] is not None:
                places[match[1]].setdefault(match[2], file)
    return [
        Problem(
            file.path,
            *line_and_column(file.text, match.start()),
            f"{match[1]} has the default {match[2]} here and {default} in {shown(other.path)}",
        )
        for file in files
        for match in file.uses
        for default, other in places[match[1]].items()
        if match[2] is not None and default != match[2]
    ]


def _header(file: SqlFile) -> Iterator[tuple[int, str]]:
    for key in REQUIRED[file.role]:
        if not any(file.header.get(key, [])):
            line = f"-- {_MEANINGS['title']}" if key == "title" else f"-- {key + ':':7} {_MEANINGS[key]}"
            yield 0, f"the header lacks its {key}; add the line: {line}"
    for match in re.finditer(r"^-- (\w+):", file.text.split("\n--\n")[0].split("CREATE ")[0], re.M):
        if match[1] not in HEADER_KEYS and (near := get_close_matches(match[1], HEADER_KEYS, 1)):
            yield match.start(1), f"unknown header line {match[1]}; did you mean {near[0]}?"


def _explanations(file: SqlFile, library: Library) -> Iterator[tuple[int, str]]:
    # What several files share is explained where it is shared.
    others = library.needed([file]) if file.role == "analysis" else library.files
    explained = {name for other in others for name, _, _ in library.parameters_of(other)}
    first_uses = {match[1]: match.start() for match in reversed(file.uses)}
    for name, offset in first_uses.items():
        if name not in explained and name not in file.given:
            yield offset, f"{name} is not explained; add the line: -- params: {name}  KIND: what it means"
    for name, meaning, _ in library.parameters_of(file):
        found = re.search(rf"\b{re.escape(name)}\b", file.text)
        offset = found.start() if found else 0
        default = file.parameters.get(name)
        try:
            kind = kind_of(meaning)
        except ValueError as error:
            yield offset, f"{name}: {error}"
        else:
            if default is not None and not kind.accepts(default):
                yield offset, f"{name}: the default {default!r} is not {kind.description}"
        if name not in file.parameters:
            yield offset, f"the statement does not use {name}{nearest(name, file.parameters)}"


def _parameters(file: SqlFile) -> Iterator[tuple[int, str]]:
    literals = list(_literals(file.text))
    for match in re.finditer(r"\$\{[^}\n]*\}?", code(file.text)):
        parameter = PARAMETER.fullmatch(match[0])
        if parameter is None:
            yield match.start(), f"{match[0]} is no parameter; write ${{NAME}} or ${{NAME:-default}}, in upper case"
    for match in file.uses:
        in_literal = any(start < match.start() and match.end() < end for start, end in literals)
        if match[1] not in file.given and not in_literal:
            yield match.start(), f"a parameter stands in a literal; write '{match[0]}', in a CAST where it is a number"
    for match in _NUMBER.finditer(code(file.text)):
        try:
            float(match["default"])
        except ValueError:
            yield match.start("default"), f"the default {match['default']} is no number, and a number is needed here"


def _nulls(file: SqlFile) -> Iterator[tuple[int, str]]:
    bare = TOKEN.sub(lambda token: " " * len(token[0]) if token["text"] or token["comment"] else token[0], file.text)
    for match in re.finditer(r"(?:=|<>|!=)\s*NULL\b", bare, re.I):
        yield match.start(), "nothing equals NULL; write IS NULL or IS NOT NULL"


def _literals(text: str, offset: int = 0) -> Iterator[tuple[int, int]]:
    """Where literals begin and end, those in hints among them."""
    for match in TOKEN.finditer(text):
        if match["text"]:
            yield offset + match.start(), offset + match.end()
        elif (match["comment"] or "").startswith("/*+"):
            inside = len("/*+")
            yield from _literals(match["comment"][inside:-2], offset + match.start() + inside)


def _signs(file: SqlFile) -> Iterator[tuple[int, str]]:
    open_signs: list[tuple[str, int]] = []
    tokens = list(TOKEN.finditer(file.text))
    if odd := [match for match in tokens if match["sign"] in ("'", "`")]:
        # From the one that is not closed on, literals are taken for code and code for literals: the first over lines.
        torn = [match for match in tokens if match["text"] and "\n" in match["text"]]
        first = min([*odd, *torn], key=lambda match: match.start())
        yield first.start(), f"this {first[0][0]} is never closed"
        return
    for match in tokens:
        sign = match["sign"]
        if sign == '"':
            yield match.start(), "text stands in single quotes, as in 'tcp', and a name in none"
            return
        if file.text.startswith("==", match.start()):
            yield match.start(), "compare with one ="
            return
        if sign in ("(", "["):
            open_signs.append((sign, match.start()))
        elif sign in _PARENTHESES:
            if not open_signs or open_signs[-1][0] != _PARENTHESES[sign]:
                yield match.start(), f"this {sign} closes nothing"
                return
            open_signs.pop()
        elif sign == ";" and file.text[match.end() :].strip():
            yield match.start(), "one statement a file: what stands behind the ; belongs in a file of its own"
    if open_signs:
        yield open_signs[-1][1], f"this {open_signs[-1][0]} is never closed"


def python_object(path: str):
    """What module.name stands for."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def python_path(file: SqlFile) -> str | None:
    """The module.name that a function or a learner of a file is; None where a file has neither."""
    match = _python_match(file)
    return match[1] if match else None


def _python_match(file: SqlFile) -> re.Match | None:
    return _PYTHON_OBJECT.search(file.text) or _LEARNER.search(file.text)


def _python(file: SqlFile) -> Iterator[tuple[int, str]]:
    match = _python_match(file)
    if match is None:
        return
    module, _, name = match[1].rpartition(".")
    sys.modules.pop(module, None)  # as it is now, not as it was before an edit
    try:
        imported = importlib.import_module(module)
    except Exception as error:  # whatever the module does when it is imported
        yield match.start(1), f"{module} cannot be imported: {type(error).__name__}: {error}"
    else:
        if not hasattr(imported, name):
            yield match.start(1), f"{module} has no function {name}{nearest(name, vars(imported))}"
        elif file.learner and (message := _not_a_learner(getattr(imported, name))):
            yield match.start(1), f"{match[1]} {message}"


def _not_a_learner(found) -> str | None:
    from udfs.learners.learner import COLUMN_TYPES

    if not hasattr(found, "columns"):
        return "is no Learner, as udfs/learners/learner.py defines it"
    strange = [f"{column} {column_type}" for column, column_type in found.columns if column_type not in COLUMN_TYPES]
    return f"has columns of other types than {', '.join(COLUMN_TYPES)}: {', '.join(strange)}" if strange else None


def nearest(name: str, others) -> str:
    """A question that names what is spelt almost like this; empty where nothing is."""
    near = get_close_matches(name, list(others), 1)
    return f"; did you mean {near[0]}?" if near else ""

"""The descriptions that Flink gives of operators, taken apart: their parts, conditions and formulas."""

from __future__ import annotations

import re

# Names the planner makes up; their numbers follow from the whole job.
_MADE_UP = re.compile(r"(?<!\w)\$(?:f|cor)?\d+\b")
# A description is cut into texts, 'w$ (a window, which opens a quote and does not close it), words, and signs.
_TOKEN = re.compile(r"'w\$(?=\))|'(?:[^']|'')*'|[\w$]+|.", re.S)
# The key of a description that cannot be taken apart.
UNREAD = ""


def parts_of(description: str) -> dict[str, str]:
    """What stands in the brackets of a description, by its keys; all of it as one where that is unclear."""
    inside = description.partition("(")[2].removesuffix(")")
    keyed = (part.partition("=[") for part in split(inside, ","))
    parts = {key: value.removesuffix("]") for key, sign, value in keyed if sign}
    # A text with an apostrophe, which the planner writes as it is, may end anywhere.
    if any(f"{key}=[" in description and key not in parts for key in ("select", "where")):
        return {UNREAD: inside}
    return parts


def conjuncts(condition: str) -> list[str]:
    """The conditions that an AND joins."""
    inside = condition[1:-1]
    if condition[:1] != "(" or condition[-1:] != ")" or len(parts := split(inside, "AND")) == 1:
        return [condition]
    return [conjunct for part in parts for conjunct in conjuncts(part)]


def written_out(text: str, known: dict[str, str]) -> str:
    """`text` with the formulas of its columns in their places."""
    tokens = _TOKEN.findall(text)
    return "".join(
        token if token not in known or following == "(" else known[token]
        for token, following in zip(tokens, [*tokens[1:], ""])
    )


def renamed(text: str) -> str:
    """`text` with the planner's names numbered in the order in which they occur."""
    names: dict[str, str] = {}
    return _MADE_UP.sub(lambda match: names.setdefault(match[0], f"${len(names)}"), text)


def split(text: str, separator: str) -> list[str]:
    """`text` between the separators that stand in no brackets; whole if its brackets do not match."""
    pieces, depth = [""], 0
    for token in _TOKEN.findall(text):
        depth += (token in "([{") - (token in ")]}")
        if depth < 0:
            return [text]
        if token == separator and not depth:
            pieces.append("")
        else:
            pieces[-1] += token
    return [text] if depth else [piece.strip() for piece in pieces]

"""Rows of results as tables for people."""

from __future__ import annotations

from collections.abc import Collection

from rich.cells import cell_len
from rich.console import Console, Group
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

_LEAST_WIDTH = 160
# What Flink writes of a number that is none.
_UNKNOWN = (None, "NaN")
_DATE = len("2025-01-06T")


def console() -> Console:
    """Standard output, wide enough for rows of results even where it is no terminal."""
    return Console(width=max(Console().width, _LEAST_WIDTH))


def identity(row: dict) -> tuple:
    """What a row is about: its times, texts and ports, whatever its other numbers are."""
    return tuple((name, str(value)) for name, value in row.items() if isinstance(value, str) or name.endswith("port"))


def in_order(rows: list[dict], order: list[tuple[str, bool]]) -> list[dict]:
    """Rows by their windows, in one by these (column, whether the largest comes first), then by what they are about.

    Rows without a value come last.
    """
    rows = sorted(rows, key=identity)
    for name, descending in reversed(order):
        known = [row for row in rows if row.get(name) not in _UNKNOWN]
        unknown = [row for row in rows if row.get(name) in _UNKNOWN]
        rows = sorted(known, key=lambda row: _comparable(row[name]), reverse=descending) + unknown
    return sorted(rows, key=lambda row: row.get("window_start") or next(filter(_is_moment, row.values()), ""))


def _comparable(value: object) -> tuple:
    return (0, value) if isinstance(value, int | float) else (1, str(value))


def row_table(rows: list[dict], title: str | None = None) -> Group:
    """Rows as a table; what is the same in all of several rows is said once, below.

    Where that is wider than the console, every row is a paragraph of names and values.
    """
    same = {
        name: value for name, value in rows[0].items() if len(rows) > 2 and all(row[name] == value for row in rows)
    }  # fmt: skip
    moments = [value for row in rows for name, value in row.items() if _is_moment(value) and name not in same]
    dates = {value[:_DATE] for value in moments}
    texts = [{name: short(value, dates) for name, value in row.items() if name not in same} for row in rows]
    widths = [max(map(cell_len, (name, *(row[name] for row in texts)))) for name in texts[0]]
    is_wide = sum(widths) + len("│  ") * len(widths) + len("│") > console().width
    shown = _paragraphs(texts, title) if is_wide else _table(rows, texts, title)
    notes = [f"{name} {short(value) or 'NULL'}" for name, value in same.items()]
    if len(dates) == 1:
        notes.insert(0, f"on {dates.pop()[:-1]}")
    return Group(shown, Text("in each row shown: " + ", ".join(notes))) if notes else Group(shown)


def _table(rows: list[dict], texts: list[dict[str, str]], title: str | None) -> Table:
    table = Table(title=title, title_justify="left")
    for name in texts[0]:
        is_text = any(isinstance(row[name], str) for row in rows)
        table.add_column(name, justify="left" if is_text else "right", overflow="fold")
    for row in texts:
        # What is in the traffic is text, and no markup.
        table.add_row(*map(Text, row.values()))
    return table


def _paragraphs(texts: list[dict[str, str]], title: str | None) -> Group:
    """The names and values of each row, one behind the other; a name without a value is left out."""
    paragraphs = [
        Text("  ").join(Text.assemble((name, "dim"), " ", text) for name, text in row.items() if text) for row in texts
    ]
    rule = Rule(style="dim")
    lines = [line for paragraph in paragraphs for line in (rule, paragraph)]
    return Group(*([Text(title, "italic")] if title else []), *lines, rule)


def short(value: object, dates: Collection[str] = ()) -> str:
    """A value as people read it; the date is left out of a time if `dates` holds no other."""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    text = "" if value is None else str(value)
    if not _is_moment(value):
        return text
    return (text[_DATE:] if len(dates) == 1 else text).replace(".000", "")


def _is_moment(value: object) -> bool:
    return isinstance(value, str) and value[4:5] == "-" and value[_DATE - 1 : _DATE] == "T"

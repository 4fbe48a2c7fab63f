"""Rows of results as tables for people."""

from __future__ import annotations

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

_LEAST_WIDTH = 160
_DATE = len("2025-01-06T")


def console() -> Console:
    """Standard output, wide enough for rows of results even where it is no terminal."""
    return Console(width=max(Console().width, _LEAST_WIDTH))


def identity(row: dict) -> tuple:
    """What a row is about: its times, texts and ports, whatever its other numbers are."""
    return tuple((name, str(value)) for name, value in row.items() if isinstance(value, str) or name.endswith("port"))


def row_table(rows: list[dict], title: str | None = None) -> Group:
    """Rows as a table; what is the same in all of several rows is said once, below."""
    same = {
        name: value for name, value in rows[0].items() if len(rows) > 2 and all(row[name] == value for row in rows)
    }  # fmt: skip
    moments = [value for row in rows for name, value in row.items() if _is_moment(value) and name not in same]
    dates = {value[:_DATE] for value in moments}
    table = Table(title=title, title_justify="left")
    for name in (name for name in rows[0] if name not in same):
        is_text = any(isinstance(row[name], str) for row in rows)
        table.add_column(name, justify="left" if is_text else "right", overflow="fold")
    for row in rows:
        # What is in the traffic is text, and no markup.
        table.add_row(*(Text(short(value, dates)) for name, value in row.items() if name not in same))
    notes = [f"{name} {short(value)}" for name, value in same.items()]
    if len(dates) == 1:
        notes.insert(0, f"on {dates.pop()[:-1]}")
    return Group(table, Text("in every row: " + ", ".join(notes))) if notes else Group(table)


def short(value: object, dates: set[str] = frozenset()) -> str:
    """A value as people read it; the date is left out of a time if `dates` holds no other."""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if not _is_moment(value):
        return "" if value is None else str(value)
    moment = value[_DATE:] if len(dates) == 1 else value
    return moment.replace(".000", "")


def _is_moment(value: object) -> bool:
    return isinstance(value, str) and value[4:5] == "-" and value[_DATE - 1 : _DATE] == "T"

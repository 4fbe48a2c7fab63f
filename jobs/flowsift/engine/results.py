"""The rows that a run wrote to files."""

from __future__ import annotations

import json
from pathlib import Path


def rows(folder: Path) -> list[dict]:
    """The rows of a sink's folder in the order in which they were written."""
    parts = sorted(folder.glob("part-*"), key=lambda path: [int(number) for number in path.name.split("-")[-2:]])
    # Of octets only a line feed ends a line; of a text, other characters do too.
    return [json.loads(line) for part in parts for line in part.read_bytes().splitlines()]


def row_count(folder: Path) -> int:
    """How many rows a sink's folder holds."""
    return sum(len(part.read_bytes().splitlines()) for part in folder.glob("part-*"))


def keep_latest(folder: Path, key: list[str]) -> None:
    """Replace the log of an updating result by its last row of each key."""
    parts = list(folder.glob("part-*"))
    latest = {tuple(row[name] for name in key): row for row in rows(folder)}
    if parts:
        compacted = folder / ".latest"
        compacted.write_text("".join(json.dumps(row) + "\n" for row in latest.values()), encoding="utf-8")
        for part in parts:
            part.unlink()
        compacted.rename(folder / "part-latest-0-0")

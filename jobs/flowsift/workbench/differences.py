"""Expected rows and found ones: without order, floats with a tolerance, and only the columns that are expected."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass

_MOST_SHOWN = 20


def same(expected: object, found: object) -> bool:
    """Whether two values are equal; floats need not be so to the last digit."""
    if isinstance(expected, float):
        return isinstance(found, (int, float)) and math.isclose(expected, found, rel_tol=1e-9, abs_tol=1e-9)
    return expected == found


@dataclass(frozen=True)
class Difference:
    """An expected row that is missing (found: the unexpected row that is like it), or a row that nobody expected."""

    expected: dict | None
    found: dict | None

    def lines(self) -> list[str]:
        """For people: one line, and one more for each column that differs from a row that is like the expected one."""
        if self.expected is None:
            return [f"unexpected  {json.dumps(self.found)}"]
        if self.found is None:
            return [f"missing     {json.dumps(self.expected)}"]
        equal = _equal_columns(self.expected, self.found)
        return [
            f"differs     {json.dumps({name: self.expected[name] for name in equal})}",
            *(
                f"            {name}: expected {json.dumps(value)}, "
                + (f"found {json.dumps(self.found[name])}" if name in self.found else "there is no such column")
                for name, value in self.expected.items()
                if name not in equal
            ),
        ]


def differences(expected: list[dict], found: list[dict]) -> list[Difference]:
    """What keeps the found rows from being the expected ones; an expected row names the columns that matter."""
    left, missing = list(found), []
    for row in expected:
        match = next((other for other in left if len(_equal_columns(row, other)) == len(row)), None)
        if match is None:
            missing.append(row)
        else:
            left.remove(match)
    paired = []
    for row in missing:
        like = _like(row, left)
        if like is not None:
            left.remove(like)
        paired.append(Difference(row, like))
    return paired + [Difference(None, row) for row in left]


def readable(sink: str, found: list[Difference]) -> Iterator[str]:
    """The differences in a sink's rows as lines, the first of them where there are many."""
    if found:
        yield f"  {sink}:"
    for difference in found[:_MOST_SHOWN]:
        yield from (f"    {line}" for line in difference.lines())
    if len(found) > _MOST_SHOWN:
        yield f"    … and {len(found) - _MOST_SHOWN:,} more"


def _equal_columns(expected: dict, found: dict) -> list[str]:
    return [name for name, value in expected.items() if name in found and same(value, found[name])]


def _like(row: dict, others: list[dict]) -> dict | None:
    """The row that is meant, if one is plain: it agrees in all text and times, or in more than half of all columns."""
    texts = {name for name, value in row.items() if isinstance(value, str)}
    ranked = [(len(texts & set(equal)), len(equal)) for equal in (_equal_columns(row, other) for other in others)]
    best = max(ranked, default=(0, 0))
    if best[1] == 0 or (best[0] < len(texts) and 2 * best[1] <= len(row)):
        return None
    return others[ranked.index(best)]

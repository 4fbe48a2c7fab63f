"""Why a host's traffic departs from its past: the item sets over its flows that carry the difference.

Anomaly extraction after Brauckhoff et al., Anomaly Extraction in Backbone Networks Using Association Rules, 2012, with
the difference from the past instead of plain support.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pyflink.table import DataTypes
from pyflink.table.udf import udtf

from udfs.z_score import METRICS

# Of item sets that carry nearly the same, the most specific one is reported.
_NEARLY = 0.9
# The kind of the empty set, of which there is one.
_TOTAL = 7
_PORT = ("protocol", "dst_port", "service")


class ItemSet(NamedTuple):
    """Attributes of flows; None is no part of the set. A service goes with its port and protocol."""

    dst_addr: str | None = None
    dst_port: int | None = None
    protocol: str | None = None
    service: str | None = None
    conn_state: str | None = None

    @property
    def items(self) -> set[tuple[str, str | int | None]]:
        """The attributes that are part of the set: a port without a service is another than that with one."""
        grouped = _PORT if self.protocol else ()
        whole = ("conn_state",) if self.is_whole else ()
        return {(name, value) for name, value in self._asdict().items() if value is not None or name in grouped + whole}

    @property
    def is_whole(self) -> bool:
        """Whether all attributes of a flow are part of the set."""
        return self.dst_addr is not None and self.protocol is not None

    def __str__(self) -> str:
        names = {"dst_addr": "destination ", "dst_port": "port ", "conn_state": "state "}
        return ", ".join(f"{names.get(name, '')}{value}" for name, value in self._asdict().items() if value is not None)


class Anomaly(NamedTuple):
    """How a metric of the last minute departs from `n_minutes` of the past, which are typical within the bounds."""

    metric: str
    method: str
    direction: str
    lower_bound: float
    upper_bound: float
    n_minutes: int


class Part(NamedTuple):
    """The metric of an item set in the last minute and in a typical one of the past; its share of the difference.

    `further` is the share that no part before it has, as far as that is known.
    """

    item_set: ItemSet
    observed: float
    expected: float
    share: float
    further: float


def parts(
    item_sets: Sequence[Sequence[tuple[ItemSet, float]]], n_minutes: int, *, min_share: float, most: int
) -> list[Part]:
    """The item sets that carry the difference of the last minute from the mean of `n_minutes` of the past.

    `item_sets` holds for each of these with traffic the value of each of its item sets, of the empty one too, which is
    the total; the last minute comes last and may be empty. The part with the largest share comes first; of nearly the
    same, the most specific. What a part has is subtracted from the sets that contain it. At most `most` parts, each
    with at least `min_share` of the difference; none if there is no difference.

    >>> usual = [(ItemSet(), 9.0), (ItemSet("a"), 9.0)]
    >>> now = [(ItemSet(), 99.0), (ItemSet("a"), 9.0), (ItemSet("b"), 90.0), (ItemSet("b", 22, "tcp"), 85.0)]
    >>> [(str(part.item_set), round(part.share, 2)) for part in parts([usual, usual, now], 2, min_share=0.1, most=3)]
    [('destination b, port 22, tcp', 0.94)]
    """
    *past, current = item_sets
    observed = dict(current)
    expected: dict[ItemSet, float] = {}
    for minute in past:
        for item_set, value in minute:
            expected[item_set] = expected.get(item_set, 0.0) + value / n_minutes
    total = observed.pop(ItemSet(), 0.0) - expected.pop(ItemSet(), 0.0)
    if total == 0:
        return []
    shares = {
        item_set: (observed.get(item_set, 0.0) - expected.get(item_set, 0.0)) / total
        for item_set in observed.keys() | expected.keys()
    }
    left, found = dict(shares), []
    while len(found) < most and left and (largest := max(left.values())) >= min_share:
        best = max(
            (item_set for item_set, share in left.items() if share >= _NEARLY * largest),
            key=lambda item_set: (len(item_set.items), left[item_set], str(item_set)),
        )
        share = left[best]
        further = share - _shared_with(best, [part.item_set for part in found], shares)
        found.append(Part(best, observed.get(best, 0.0), expected.get(best, 0.0), shares[best], further))
        left = {
            item_set: rest - share if item_set.items < best.items else rest
            for item_set, rest in left.items()
            if not best.items <= item_set.items
        }
    return found


def _shared_with(best: ItemSet, found: list[ItemSet], shares: dict[ItemSet, float]) -> float:
    """The share that an item set has in common with those found, except its parts, which are subtracted already.

    Only flows that are known by all their attributes are counted.
    """
    within = [other.items for other in found if best.items < other.items]
    across = [other.items for other in found if not best.items < other.items]
    return sum(
        share
        for whole, share in shares.items()
        if whole.is_whole and best.items <= whole.items
        and any(items <= whole.items for items in across) and not any(items <= whole.items for items in within)
    )  # fmt: skip


def typical(values: Sequence[float], n_minutes: int, lower: float, upper: float) -> tuple[list[int], int]:
    """Indices of the values within these bounds, and how many of `n_minutes` that is: no old anomaly hides a new one.

    Minutes without a value count as zero. If nothing is within the bounds, all of the past is typical.

    >>> typical([5, 900, 6], 4, 0.0, 10.0)
    ([0, 2], 3)
    >>> typical([5, 900], 2, 10.0, 20.0)
    ([0, 1], 2)
    """
    indices = [index for index, value in enumerate(values) if lower <= value <= upper]
    count = len(indices) + (n_minutes - len(values) if lower <= 0 else 0)
    return (indices, count) if count else (list(range(len(values))), n_minutes)


def explanation_rows(
    anomalies: Sequence[Sequence], item_sets: Sequence[Sequence | None], min_share: float, most: int, most_sets: int
) -> Iterator[tuple]:
    """One row for each part of each metric that departs from its past in the last minute, for SQL.

    `anomalies` are those of the last minute, in the order of `Anomaly`; of the two methods z counts, if it fires.
    `item_sets` has for each minute with traffic rows of a kind, five attributes and four metrics; the last minute comes
    last and is None if there was no traffic in it. Each kind has at most `most_sets`; a result ends with the number of
    kinds that have as many in any minute that counts. The past is what lies within the bounds of the anomaly.
    """
    z_last = sorted(map(Anomaly._make, anomalies), key=lambda each: each.method == "z")
    for metric, anomaly in {each.metric: each for each in z_last}.items():
        column = 6 + METRICS.index(metric)
        values = [sum(row[column] for row in rows or () if row[0] == _TOTAL) for rows in item_sets[:-1]]
        past, n_minutes = typical(values, anomaly.n_minutes, anomaly.lower_bound, anomaly.upper_bound)
        rows_by_minute = [item_sets[index] or () for index in (*past, -1)]
        by_minute = [[(ItemSet(*row[1:6]), float(row[column])) for row in rows] for rows in rows_by_minute]
        full = {
            kind
            for rows in rows_by_minute
            for kind, count in Counter(row[0] for row in rows if row[0] != _TOTAL).items()
            if count >= most_sets
        }
        found = parts(by_minute, n_minutes, min_share=min_share, most=most)
        unexplained = max(0.0, 1 - sum(part.further for part in found))
        whole = "excess" if anomaly.direction == "spike" else "loss"
        for rank, part in enumerate(found, start=1):
            text = f"{part.share * 100:.0f} % of the {whole}: {part.item_set}"
            yield (
                metric, anomaly.direction, rank, part.share, part.observed, part.expected, *part.item_set, text,
                unexplained, len(full),
            )  # fmt: skip


_TEXT, _NUMBER, _INT = DataTypes.STRING(), DataTypes.DOUBLE(), DataTypes.INT()
explanations = udtf(
    explanation_rows,
    result_types=[_TEXT, _TEXT, _INT, *[_NUMBER] * 3, _TEXT, _INT, *[_TEXT] * 4, _NUMBER, _INT],
)

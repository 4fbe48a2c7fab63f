"""Why a host's traffic departs from its past: the item sets over its flows that carry the difference.

Anomaly extraction after Brauckhoff et al., Anomaly Extraction in Backbone Networks Using Association Rules, 2012, with
the difference from the past in the place of plain support.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pyflink.table import DataTypes
from pyflink.table.udf import udtf

from udfs.z_score import METRICS, score_row

# Of item sets that carry nearly the same, the one that says most is told.
_NEARLY = 0.9


class ItemSet(NamedTuple):
    """Attributes of flows; None is no part of the set. A service goes with its port and protocol."""

    dst_addr: str | None = None
    dst_port: int | None = None
    protocol: str | None = None
    service: str | None = None
    conn_state: str | None = None

    @property
    def items(self) -> set[tuple[str, str | int]]:
        return {(name, value) for name, value in self._asdict().items() if value is not None}

    def __str__(self) -> str:
        names = {"dst_addr": "destination ", "dst_port": "port ", "conn_state": "state "}
        return ", ".join(f"{names.get(name, '')}{value}" for name, value in self._asdict().items() if value is not None)


class Part(NamedTuple):
    """What an item set has of a metric in the last minute and, a minute, in the past; and its share of the difference.

    `further` is the share that no part told before it has.
    """

    item_set: ItemSet
    observed: float
    expected: float
    share: float
    further: float


def parts(
    item_sets: Sequence[Sequence[tuple[ItemSet, float]]], n_minutes: int, *, min_share: float, most: int
) -> list[Part]:
    """The item sets that carry the difference of the last minute from the mean of `n_minutes` before it.

    `item_sets` holds for each minute with traffic the value of each of its item sets, of the empty one too, which is
    the total; the last minute comes last and may be empty. The part with the largest share comes first; of nearly the
    same, the most specific. What a part has is taken off the sets that hold it. At most `most` parts, each with at
    least `min_share` of the difference; none where there is no difference.

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
    left, told = dict(shares), []
    while len(told) < most and left and (largest := max(left.values())) >= min_share:
        best = max(
            (item_set for item_set, share in left.items() if share >= _NEARLY * largest),
            key=lambda item_set: (len(item_set.items), left[item_set], str(item_set)),
        )
        share = left[best]
        told.append(Part(best, observed.get(best, 0.0), expected.get(best, 0.0), shares[best], share))
        left = {
            item_set: rest - share if item_set.items < best.items else rest
            for item_set, rest in left.items()
            if not best.items <= item_set.items
        }
    return told


def explanation_rows(
    minutes: Sequence[int],
    octets: Sequence[int],
    packets: Sequence[int],
    flows: Sequence[int],
    destinations: Sequence[int],
    item_sets: Sequence[Sequence | None],
    min_changes: Sequence[float],
    z_threshold: float,
    robust_threshold: float,
    min_share: float,
    most: int,
) -> Iterator[tuple]:
    """One row for each part of each metric that departs from its past in the last minute, for SQL.

    The arguments up to `destinations` and from `min_changes` to `robust_threshold` are those of `z_score.score_row`,
    which says what departs. `item_sets` has for each minute rows of five attributes and four metrics; None: no traffic.
    """
    scores = score_row(minutes, octets, packets, flows, destinations, min_changes, z_threshold, robust_threshold)
    directions = {metric: direction for metric, *_, direction in scores}
    for metric, direction in directions.items():
        column = len(ItemSet._fields) + METRICS.index(metric)
        by_minute = [[(ItemSet(*row[:5]), float(row[column])) for row in rows or ()] for rows in item_sets]
        told = parts(by_minute, minutes[-1] - minutes[0], min_share=min_share, most=most)
        for place, part in enumerate(told, start=1):
            whole = "excess" if direction == "spike" else "loss"
            text = f"{part.share:.0%} of the {whole}: {part.item_set}".replace("%", " %", 1)
            yield (metric, direction, place, part.share, part.observed, part.expected, *part.item_set, text)


_TEXT, _NUMBER, _INT = DataTypes.STRING(), DataTypes.DOUBLE(), DataTypes.INT()
explanations = udtf(
    explanation_rows,
    result_types=[_TEXT, _TEXT, _INT, _NUMBER, _NUMBER, _NUMBER, _TEXT, _INT, _TEXT, _TEXT, _TEXT, _TEXT],
)

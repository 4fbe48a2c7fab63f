"""How regularly a host calls another: the even gaps and sizes of a program that reports by a timer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from pyflink.table import DataTypes
from pyflink.table.udf import udtf

# Share of the flows; if fewer have a known start, they are a stream and no timer.
_LEAST_KNOWN = 0.75
# Share of the time from the first call to the last that gaps of the usual length must cover: calls in pairs at random
# moments have even gaps too, but are silent in between.
_LEAST_COVERED = 0.5


def regularity(values: Sequence[float] | np.ndarray) -> float:
    """How alike values are, from 0 to 1: (median - MAD) / median, at least 0; 0 for a median of 0.

    A part of the scores of beacons in RITA (Active Countermeasures, Real Intelligence Threat Analytics). A timer that
    is early or late by up to a tenth of its interval has 0.94, by three tenths 0.82; random gaps have 0.31.

    >>> regularity([30, 33, 27, 30, 24])
    0.9
    >>> regularity([1, 2, 4, 80, 300])
    0.25
    """
    median = np.median(values)
    if median <= 0:
        return 0.0
    return float(max(0.0, (median - np.median(np.abs(np.asarray(values) - median))) / median))


def beacon_rows(slices: Sequence[tuple[int, int, int, int]]) -> Iterator[tuple[int, float, float, float, float]]:
    """One row (calls, median gap in seconds, its regularity, median octets per flow, their regularity), for SQL.

    A slice is (first start, last start in epoch milliseconds, flows, octets). If it has more than two flows, the starts
    in between are unknown; octets per flow are means over a slice. Calls are distinct known starts. No row if too many
    starts are unknown, if there are fewer than two calls, or if most of the time is in gaps longer than the usual one.

    >>> list(beacon_rows([(at, at, 1, 300) for at in range(0, 600_000, 60_000)]))
    [(10, 60.0, 1.0, 300.0, 1.0)]
    """
    first, last, flow_counts, octets = np.array(slices, dtype=np.int64).T
    if np.minimum(flow_counts, 2).sum() < _LEAST_KNOWN * flow_counts.sum():
        return
    gaps_ms = np.diff(np.unique(np.concatenate([first, last])))
    usual_ms = np.median(gaps_ms) if len(gaps_ms) else 0.0
    if usual_ms == 0 or usual_ms * len(gaps_ms) < _LEAST_COVERED * gaps_ms.sum():
        return
    sizes = octets / flow_counts
    yield len(gaps_ms) + 1, float(usual_ms) / 1_000, regularity(gaps_ms), float(np.median(sizes)), regularity(sizes)


beacon_regularity = udtf(beacon_rows, result_types=[DataTypes.INT(), *[DataTypes.DOUBLE()] * 4])

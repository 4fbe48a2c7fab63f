"""How regularly a host calls another: the even gaps and sizes of a program that reports to its master."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from pyflink.table import DataTypes
from pyflink.table.udf import udtf

# Of the flows; where fewer have a known start, what calls is no timer but a stream.
_LEAST_KNOWN = 0.75
_LEAST_GAPS = 3


def regularity(values: Sequence[float]) -> float:
    """How alike values are, from 0 to 1: (median - MAD) / median, at least 0; 0 for a median of 0.

    One of the scores of beacons in RITA (Active Countermeasures, Real Intelligence Threat Analytics). A timer that is
    early or late by up to a tenth comes to 0.94, by three tenths to 0.83; gaps by chance come to 0.31.

    >>> regularity([30, 33, 27, 30, 24])
    0.9
    >>> regularity([1, 2, 4, 80, 300])
    0.25
    """
    median = np.median(values)
    if median <= 0:
        return 0.0
    return float(max(0.0, (median - np.median(np.abs(np.asarray(values) - median))) / median))


def beacon_rows(slices: Sequence[tuple[int, int, int, int]]) -> Iterator[tuple[float, float, float, float]]:
    """One row (median gap in seconds, its regularity, median octets of a flow, their regularity), for SQL.

    A slice is (first start, last start in epoch milliseconds, flows, octets); of more than two flows, the starts
    between are unknown. No row where too many are, or where there are fewer than four distinct starts.

    >>> list(beacon_rows([(at, at, 1, 300) for at in range(0, 600_000, 60_000)]))
    [(60.0, 1.0, 300.0, 1.0)]
    """
    first, last, flows, octets = np.array(slices, dtype=np.int64).T
    if np.minimum(flows, 2).sum() < _LEAST_KNOWN * flows.sum():
        return
    gaps_ms = np.diff(np.unique(np.concatenate([first, last[flows > 1]])))
    if len(gaps_ms) < _LEAST_GAPS:
        return
    sizes = octets / flows
    yield float(np.median(gaps_ms)) / 1_000, regularity(gaps_ms), float(np.median(sizes)), regularity(sizes)


beacon_regularity = udtf(beacon_rows, result_types=[DataTypes.DOUBLE()] * 4)

"""Departures of a time series from its own recent past, as classic and robust z-scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from pyflink.table import DataTypes
from pyflink.table.udf import udtf

METRICS = ("octets", "packets", "flows", "destinations")
# Makes the median absolute deviation of a normal distribution estimate its standard deviation:
# Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993.
MAD_TO_SIGMA = 1 / 0.6745


class Score(NamedTuple):
    """One departure; `score` counts scales from `expected`, negative for a dip."""

    method: str
    observed: float
    expected: float
    lower_bound: float
    upper_bound: float
    score: float
    n_samples: int
    threshold: float
    direction: str


def fill_gaps(positions: Sequence[int], values: Sequence[float], length: int) -> np.ndarray:
    """The last `length` + 1 values of a series, gaps as zeros, the current value last; fewer if it began later.

    `positions` are ascending window numbers of shape (n,), `values` what was seen there.

    >>> fill_gaps([3, 4, 7], [5, 6, 7], 30)
    array([5., 6., 0., 0., 7.])
    """
    current = positions[-1]
    first = max(positions[0], current - length)
    series = np.zeros(current - first + 1)
    for position, value in zip(positions, values):
        if position >= first:
            series[position - first] = value
    return series


def classic(history: np.ndarray) -> tuple[float, float]:
    """Mean and sample standard deviation of `history`, shape (n,) with n >= 2, in two passes.

    The deviation is at least 1, the unit of a count, so that a constant history has a scale.

    >>> classic(np.array([1e12 - 1e3, 1e12, 1e12 + 1e3]))
    (1000000000000.0, 1000.0)
    """
    mean = history.mean()
    return float(mean), max(float(np.sqrt(np.square(history - mean).sum() / (len(history) - 1))), 1.0)


def robust(history: np.ndarray, floor: float) -> tuple[float, float]:
    """Median of `history`, shape (n,), and its scaled median absolute deviation, at least `floor`.

    >>> robust(np.array([1.0, 2.0, 3.0, 4.0, 1000.0]), 0.5)[0]
    3.0
    """
    median = np.median(history)
    return float(median), max(float(np.median(np.abs(history - median))) * MAD_TO_SIGMA, floor)


def departures(
    history: np.ndarray, observed: float, *, min_change: float, z_threshold: float, robust_threshold: float
) -> Iterator[Score]:
    """Scores of `observed` that pass their thresholds and differ from the expected value by `min_change` or more.

    `history` has shape (n,) and does not hold `observed`; fewer than two values give nothing. The scale of the
    robust form is at least that at which a change of `min_change` just reaches the threshold.

    >>> steady = np.array([90.0, 110.0] * 10)
    >>> [s.method for s in departures(steady, 200.0, min_change=50, z_threshold=3, robust_threshold=3.5)]
    ['z', 'robust']
    >>> list(departures(steady, 130.0, min_change=50, z_threshold=3, robust_threshold=3.5))
    []
    """
    if len(history) < 2:
        return
    for method, threshold, (expected, scale) in (
        ("z", z_threshold, classic(history)),
        ("robust", robust_threshold, robust(history, min_change / robust_threshold)),
    ):
        change = observed - expected
        if abs(change) >= min_change and abs(change) > threshold * scale:
            yield Score(
                method, float(observed), expected,
                max(expected - threshold * scale, 0.0), expected + threshold * scale,
                change / scale, len(history), threshold, "spike" if change > 0 else "dip",
            )  # fmt: skip


def score_row(
    minutes: Sequence[int],
    octets: Sequence[int],
    packets: Sequence[int],
    flow_counts: Sequence[int],
    destinations: Sequence[int],
    min_changes: Sequence[float],
    z_threshold: float,
    robust_threshold: float,
) -> Iterator[tuple]:
    """One row (metric, *Score) for each departure of the last window, for SQL.

    The arrays have shape (n,): window numbers and what was seen in them, the current window last.
    `min_changes` has one value for each of octets, packets, flows and destinations.
    """
    for metric, values, min_change in zip(METRICS, (octets, packets, flow_counts, destinations), min_changes):
        series = fill_gaps(minutes, values, minutes[-1] - minutes[0])
        for score in departures(
            series[:-1], series[-1], min_change=min_change, z_threshold=z_threshold, robust_threshold=robust_threshold
        ):
            yield (metric, *score)


_TEXT, _NUMBER = DataTypes.STRING(), DataTypes.DOUBLE()
z_scores = udtf(
    score_row,
    result_types=[_TEXT, _TEXT, _NUMBER, _NUMBER, _NUMBER, _NUMBER, _NUMBER, DataTypes.INT(), _NUMBER, _TEXT],
)

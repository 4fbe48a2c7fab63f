"""Departures of a time series from its forecast: what the time of day explains is not a departure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import NormalDist

import numpy as np
from pyflink.table import DataTypes
from pyflink.table.udf import udtf

from udfs.forecast import forecast
from udfs.z_score import METRICS, Score, fill_gaps

# The bounds of the forecast hold nine in ten values; the standard deviation is computed from them.
_LEVEL = 0.9
_DEVIATIONS = NormalDist().inv_cdf((1 + _LEVEL) / 2)
# As a factor: a host that is more regular is treated as if it varied this much.
_SMALLEST_DEVIATION = 1.1


def departure(
    history: np.ndarray, observed: float, *, season: int, min_change: float, threshold: float
) -> Score | None:
    """The score of `observed` if it passes the threshold and differs from the forecast by `min_change` or more.

    `history`, shape (n,), ends with the value before; None with fewer than two seasons. Scores are of logarithms, with
    `min_change`, above 0, added, since traffic varies by factors and smaller values do not matter.

    >>> night = [5e6] + [100.0] * 9
    >>> departure(np.array(night * 8), 5e6, season=10, min_change=1e6, threshold=4) is None
    True
    >>> departure(np.array(night * 8), 100.0, season=10, min_change=1e6, threshold=4).direction
    'dip'
    """
    if len(history) < 2 * season:
        return None
    [bounds] = forecast(history + min_change, 1, season=season, level=_LEVEL)
    if np.isnan(bounds).any():
        return None
    bounds = np.maximum(bounds, min_change)
    expected, lower, upper = np.log(bounds)
    change = np.log(observed + min_change) - expected
    outer = upper if change > 0 else lower
    deviation = max(abs(outer - expected) / _DEVIATIONS, np.log(_SMALLEST_DEVIATION))
    expected_value = float(bounds[0] - min_change)
    if abs(change) <= threshold * deviation or abs(observed - expected_value) < min_change:
        return None
    reach = np.exp(threshold * deviation)
    return Score(
        "seasonal", float(observed), expected_value,
        float(max(bounds[0] / reach - min_change, 0.0)), float(bounds[0] * reach - min_change),
        float(change / deviation), len(history), threshold, "spike" if change > 0 else "dip",
    )  # fmt: skip


def score_row(
    step_numbers: Sequence[int],
    octets: Sequence[int],
    packets: Sequence[int],
    flow_counts: Sequence[int],
    destinations: Sequence[int],
    min_changes: Sequence[float],
    threshold: float,
    season: int,
) -> Iterator[tuple]:
    """One row (metric, *Score) for each metric that departs in the last window, for SQL.

    The arrays have shape (n,), the current window last; windows that are missing count as zero. `min_changes` has one
    value for each of octets, packets, flows and destinations.
    """
    for metric, values, min_change in zip(METRICS, (octets, packets, flow_counts, destinations), min_changes):
        series = fill_gaps(step_numbers, values, step_numbers[-1] - step_numbers[0])
        score = departure(series[:-1], series[-1], season=season, min_change=min_change, threshold=threshold)
        if score:
            yield (metric, *score)


_TEXT, _NUMBER = DataTypes.STRING(), DataTypes.DOUBLE()
seasonal_scores = udtf(
    score_row,
    result_types=[_TEXT, _TEXT, _NUMBER, _NUMBER, _NUMBER, _NUMBER, _NUMBER, DataTypes.INT(), _NUMBER, _TEXT],
)

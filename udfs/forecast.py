"""Forecasts of a time series with bounds, from its recent movement and what followed at this time of day before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pyflink.common import Row
from pyflink.table import DataTypes
from pyflink.table.udf import udf

# Steps back whose changes are looked at one by one, and steps whose mean the last value is compared with.
_CHANGES = 3
_MEANS = (6, 12, 36)
# So many seasons of the past, at most, tell what follows now: with days, a week.
_SEASONS = 7
# A part of a season over which what followed is smoothed; single steps are looked at too.
_SMOOTHED = 12
# Rows of history that a regression needs for each coefficient, and values without which there is no forecast.
_ROWS_PER_COEFFICIENT = 3
_ROWS_TO_BE_CERTAIN = 10
_LEAST_VALUES = 16
# As a share of the steps from the first value on; with fewer a series is not known well enough.
_LEAST_KNOWN = 0.5
# As a share of each column's own variance.
_RIDGE = 0.1
# In scaled median absolute deviations: beyond the first a residual counts less, a column is cut off at the second.
_HUBER = 1.3
_CUT = 5.0
_MAD_TO_SIGMA = 1 / 0.6745
_PASSES = 4
# History counts half after so many seasons, or so many values where there is no season.
_HALF_LIFE_SEASONS = 2
_HALF_LIFE_VALUES = 288
# Times the distance from the median of so many values on both sides that nine in ten keep to: eight standard
# deviations where these are normal.
_SPIKE = 5.0
_ABOUT = 2
# In scaled median absolute deviations; what is less, the regression sees.
_EVENT = 3.0
# Fewer seasons than this do not tell an event of the season from chance.
_SEASONS_OF_AN_EVENT = 3
# Values times steps ahead that are computed together: enough that numpy's calls cost little, few enough for the cache.
_NUMBERS_AT_ONCE = 16_384
# What is added before the logarithm is taken, as a share of the median, so that a silent step is a number.
_SHIFT = 0.02


def forecast(values, steps: int, *, season: int | None = None, level: float = 0.9) -> np.ndarray:
    """Forecast, lower and upper bound of the `steps` values that follow, shape (steps, 3).

    `values` has shape (n,), at equal distances in time, the latest last; NaN is a gap and is filled by what lies about
    it. `season` is the number of values in a day, a week or what else repeats; it is used from two seasons of history
    on, and without it level and trend alone. The bounds hold a share `level` of what comes, as far as it is like the
    past. A step for which the history is too short is NaN throughout.

    For each step ahead a regression of its own (a direct forecast: Marcellino, Stock and Watson, 2006) gives how far
    the logarithm moves from its last value: by its last changes, by its distance from means of the recent past, and by
    the median movement from this step of the season to that in the seasons before. Residuals of Huber's weights;
    what is old counts less; coefficients are drawn to zero, which is the last value. The bounds are quantiles of the
    residuals, each as it is without its own row. Where a value is negative, values stand for their logarithms.

    Raises ValueError for an argument out of range, or a value that is infinite.

    >>> day = [10, 20, 40, 20]
    >>> forecast(day * 30, 4, season=4)[:, 0].round(-1).tolist()
    [10.0, 20.0, 40.0, 20.0]
    >>> forecast([1.0, 2.0, 3.0], 1)
    array([[nan, nan, nan]])
    """
    history = _checked(values, steps, season, level)
    result = np.full((steps, 3), np.nan)
    if np.isfinite(history).sum() < _LEAST_VALUES:
        return result
    history = _without_gaps(history)
    is_logarithmic = history.min() >= 0
    shift = _SHIFT * float(np.median(history[history > 0])) if is_logarithmic and history.any() else 1.0
    series = np.log(history + shift) if is_logarithmic else history
    if season and len(series) < 2 * season:
        season = None
    events = _events(series, season) if season else np.zeros(1)
    series = _without(series, events)
    recent = _recent(_calmed(series))
    season = season or 0
    paces = [series, _smoothed(series, max(season // _SMOOTHED, 3))] if season else []
    ages = np.arange(len(series))[::-1]
    weights = 0.5 ** (ages / max(_HALF_LIFE_SEASONS * season, _HALF_LIFE_VALUES))
    last_step = min(steps, len(series) - 1)
    at_once = max(_NUMBERS_AT_ONCE // len(series), 1)
    for first in range(1, last_step + 1, at_once):
        ahead = np.arange(first, min(first + at_once, last_step + 1))
        columns = np.array([[*recent, *(_seasonal(pace, step, season) for pace in paces)] for step in ahead])
        moved = np.array([_ahead(series, step) for step in ahead]) - series
        movement = _regressed(columns, moved, weights, level)
        result[ahead - 1] = series[-1] + movement + events[(len(series) + ahead - 1) % len(events)][:, None]
    return np.maximum(np.exp(result) - shift, 0.0) if is_logarithmic else result


def _checked(values, steps: int, season: int | None, level: float) -> np.ndarray:
    history = np.asarray(values, dtype=float)
    if history.ndim != 1 or np.isinf(history).any():
        raise ValueError(f"values: expected finite numbers or NaN of shape (n,), got shape {history.shape}")
    if steps < 1:
        raise ValueError(f"steps: expected one or more, got {steps}")
    if season is not None and season < 2:
        raise ValueError(f"season: expected two values or more, got {season}")
    if not 0 < level < 1:
        raise ValueError(f"level: expected a share between 0 and 1, got {level}")
    return history


def _without_gaps(history: np.ndarray) -> np.ndarray:
    known = np.flatnonzero(np.isfinite(history))
    return np.interp(np.arange(known[0], len(history)), known, history[known])


def _events(series: np.ndarray, season: int) -> np.ndarray:
    """How far values are from those around them in most seasons, by step of the season, such as a nightly backup.

    0 where that does not exceed what is usual between single values. The first step is that of the first value.
    """
    seasons = len(series) // season
    if seasons < _SEASONS_OF_AN_EVENT:
        return np.zeros(season)
    distances = series - _middle(series, season // _SMOOTHED // 2)
    by_season = distances[-seasons * season :].reshape(seasons, season)
    usual = np.median(by_season, axis=0)
    stands_out = np.abs(usual) > _EVENT * _MAD_TO_SIGMA * np.median(np.abs(distances))
    return np.roll(np.where(stands_out, usual, 0.0), len(series) % season)


def _without(series: np.ndarray, events: np.ndarray) -> np.ndarray:
    """The series without the events of its season, where they have happened: one may be missing."""
    if not events.any():
        return series
    expected = np.resize(events, len(series))
    distances = series - _middle(series, len(events) // _SMOOTHED // 2)
    return np.where(np.abs(distances - expected) < np.abs(distances), series - expected, series)


def _middle(series: np.ndarray, reach: int) -> np.ndarray:
    """The median of each value and so many on both sides."""
    about = np.lib.stride_tricks.sliding_window_view(np.pad(series, reach, mode="reflect"), 2 * reach + 1)
    return np.median(about, axis=1)


def _calmed(series: np.ndarray) -> np.ndarray:
    """A value far from those about it is put in their middle, but for the last, which may be the first of more."""
    middle = _middle(series, _ABOUT)
    distance = np.abs(series - middle)
    is_spike = distance > _SPIKE * np.quantile(distance, 0.9)
    is_spike[-1] = False
    return np.where(is_spike, middle, series)


def _recent(series: np.ndarray) -> list[np.ndarray]:
    """The last changes before each value, and how far it is from recent means; NaN where that is unknown."""
    changes = np.diff(series, prepend=np.nan)
    sums = np.cumsum(np.concatenate([[0.0], series]))
    columns = [_delayed(changes, steps) for steps in range(_CHANGES)]
    for width in _MEANS:
        if len(series) >= 4 * width:
            means = (sums[width:] - sums[:-width]) / width
            columns.append(np.concatenate([np.full(width - 1, np.nan), series[width - 1 :] - means]))
    return columns


def _seasonal(series: np.ndarray, step: int, season: int) -> np.ndarray:
    """The median movement over `step` values from this step of the season, in the seasons before each value."""
    before = _SEASONS * season
    padded = np.concatenate([np.full(before, np.nan), series])
    movements = [
        padded[position + step : position + step + len(series)] - padded[position : position + len(series)]
        for position in range(0, before, season)
        if step <= before - position < len(series)
    ]
    return _median(np.array(movements)) if movements else np.full(len(series), np.nan)


def _delayed(series: np.ndarray, steps: int) -> np.ndarray:
    return np.concatenate([np.full(steps, np.nan), series[: len(series) - steps]])


def _ahead(series: np.ndarray, steps: int) -> np.ndarray:
    return np.concatenate([series[steps:], np.full(steps, np.nan)])


def _smoothed(series: np.ndarray, width: int) -> np.ndarray:
    """Centred means over an odd number of values, over fewer at the ends."""
    sums = np.cumsum(np.concatenate([[0.0], series]))
    positions = np.arange(len(series))
    first, last = np.maximum(positions - width // 2, 0), np.minimum(positions + width // 2 + 1, len(series))
    return (sums[last] - sums[first]) / (last - first)


def _median(rows: np.ndarray) -> np.ndarray:
    """The median of each column without its NaN; NaN where there is nothing else."""
    ordered, counts = np.sort(rows, axis=0), np.isfinite(rows).sum(axis=0)
    positions = np.arange(rows.shape[1])
    return (ordered[np.maximum(counts - 1, 0) // 2, positions] + ordered[counts // 2 % len(rows), positions]) / 2


def _regressed(columns: np.ndarray, moved: np.ndarray, weights: np.ndarray, level: float) -> np.ndarray:
    """What the last of the `columns` of each step says of the movement after it, with bounds; shape (steps, 3).

    `columns` has shape (steps, k, n), `moved` (steps, n), `weights` (n,). A column that ends in NaN is left out, and so
    is what has NaN in one of the others; a step of which too little is left is NaN.
    """
    result = np.full((len(columns), 3), np.nan)
    is_used = np.isfinite(columns[:, :, -1])
    is_known = (np.isfinite(columns) | ~is_used[..., None]).all(axis=1) & np.isfinite(moved)
    widths, counts = is_used.sum(axis=1), is_known.sum(axis=1)
    enough = counts >= np.maximum(_ROWS_PER_COEFFICIENT * widths, 1)
    if not enough.any():
        return result
    columns, moved, is_used, is_known = columns[enough], moved[enough], is_used[enough], is_known[enough]
    # What is left out is zero with a weight of zero, so that it moves no sum.
    rows = np.where(is_used[..., None] & is_known[:, None], columns, 0.0)
    cut = _CUT * _MAD_TO_SIGMA * _median_of_known(np.abs(rows), is_known[:, None])
    cut[cut == 0] = np.inf
    rows = np.clip(rows, -cut[..., None], cut[..., None])
    last = np.clip(np.where(is_used, columns[:, :, -1], 0.0), -cut, cut)
    target, weights = np.where(is_known, moved, 0.0), np.where(is_known, weights, 0.0)
    spread = _median_of_known(np.abs(target), is_known)
    # What is certain need not be drawn to zero, where there is enough of it.
    may_be_certain = (counts >= _ROWS_TO_BE_CERTAIN * widths)[enough] & (spread > 0)
    trust, ridge = weights, np.full(len(rows), _RIDGE)
    for _ in range(_PASSES):
        weighted = rows * trust[:, None]
        products = weighted @ rows.transpose(0, 2, 1)
        squares = np.diagonal(products, axis1=1, axis2=2)
        penalties = ridge[:, None] * squares + 1e-9 * (squares.sum(axis=1, keepdims=True) + 1e-12)
        inverse = np.linalg.inv(products + penalties[:, None] * np.eye(rows.shape[1]))
        coefficients = (inverse @ (weighted @ target[..., None]))[..., 0]
        residuals = target - (coefficients[:, None] @ rows)[:, 0]
        scale = _median_of_known(np.abs(residuals), is_known)
        certainty = np.divide(scale, spread, out=np.ones_like(scale), where=may_be_certain)
        ridge = np.where(may_be_certain, _RIDGE * np.minimum(1.0, certainty**2), ridge)
        trust = weights / np.maximum(1.0, np.abs(residuals) / (_HUBER * _MAD_TO_SIGMA * scale + 1e-12)[:, None])
    leverage = np.minimum(trust * ((inverse @ rows) * rows).sum(axis=1), 0.9)
    # Nothing is foreseen to move farther than it ever did, nor its bounds twice as far.
    least = np.min(moved, axis=1, where=is_known, initial=np.inf)
    most = np.max(moved, axis=1, where=is_known, initial=-np.inf)
    movement = np.clip((last * coefficients).sum(axis=1), least, most)
    lower, upper = _quantiles(residuals / (1 - leverage), weights, level).T
    reach = most - least
    lower = np.maximum(movement + np.minimum(lower, 0.0), least - reach)
    upper = np.minimum(movement + np.maximum(upper, 0.0), most + reach)
    result[enough] = np.column_stack([movement, lower, upper])
    return result


def _median_of_known(values: np.ndarray, is_known: np.ndarray) -> np.ndarray:
    """The median along the last axis of what is known."""
    counts = is_known.sum(axis=-1, keepdims=True)
    positions = (counts - 1) // 2, counts // 2
    ordered = np.partition(np.where(is_known, values, np.inf), np.unique(positions), axis=-1)
    lower, upper = (
        np.take_along_axis(ordered, np.broadcast_to(each, (*ordered.shape[:-1], 1)), axis=-1) for each in positions
    )
    return ((lower + upper) / 2)[..., 0]


def _quantiles(values: np.ndarray, weights: np.ndarray, level: float) -> np.ndarray:
    """The bounds that hold a share `level` of each row of `values`, by weight; shape (rows, 2)."""
    has_weight = weights > 0
    # What has no weight comes last, where it bounds nothing.
    order = np.argsort(np.where(has_weight, values, np.inf), axis=1)
    values = np.where(has_weight, values, np.max(values, axis=1, where=has_weight, initial=-np.inf, keepdims=True))
    values, weights = np.take_along_axis(values, order, axis=1), np.take_along_axis(weights, order, axis=1)
    shares = np.cumsum(weights, axis=1)
    positions = (shares - weights / 2) / shares[:, -1:]
    wanted = [(1 - level) / 2, (1 + level) / 2]
    return np.array([np.interp(wanted, *row) for row in zip(positions, values, strict=True)])


def series_rows(
    step_numbers: Sequence[int], values: Sequence[float], steps: int, season: int, level: float
) -> list[Row] | None:
    """Rows (steps ahead, forecast, lower, upper bound, mean change from step to step in the history), for SQL.

    `step_numbers`, ascending, are those of `values`; others are gaps. None where too much is unknown for a forecast.
    """
    positions = np.array(step_numbers) - step_numbers[0]
    history = np.full(positions[-1] + 1, np.nan)
    history[positions] = values
    if len(values) < _LEAST_KNOWN * len(history):
        return None
    made = forecast(history, steps, season=season, level=level)
    changes = np.abs(np.diff(history))
    naive_error = float(np.nanmean(changes)) if np.isfinite(changes).any() else None
    known = [(step, row) for step, row in enumerate(made, start=1) if np.isfinite(row).all()]
    return [Row(step, *map(float, row), naive_error) for step, row in known] or None


_NUMBER = DataTypes.DOUBLE()
_STEP = DataTypes.ROW(
    [
        DataTypes.FIELD("steps_ahead", DataTypes.INT()),
        *(DataTypes.FIELD(name, _NUMBER) for name in ("forecast", "lower_bound", "upper_bound", "naive_error")),
    ]
)
series_forecast = udf(series_rows, result_type=DataTypes.ARRAY(_STEP))

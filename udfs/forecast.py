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
    the median movement from this place of the season to that in the seasons before. Residuals of Huber's weights;
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
    paces = [series, _smoothed(series, max(season // _SMOOTHED, 3))] if season else []
    ages = np.arange(len(series))[::-1]
    weights = 0.5 ** (ages / max(_HALF_LIFE_SEASONS * (season or 0), _HALF_LIFE_VALUES))
    for step in range(1, min(steps, len(series) - 1) + 1):
        columns = np.column_stack([*recent, *(_seasonal(pace, step, season) for pace in paces)])
        movement = _regressed(columns, series[step:] - series[:-step], weights, level)
        result[step - 1] = series[-1] + movement + events[(len(series) + step - 1) % len(events)]
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
    """By place of the season, how far values there are from those about them in most seasons, such as a nightly backup.

    Nothing where it does not stand out from what is usual between single values. The first place is that of the first
    value.
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
    """The median movement over `step` values from this place of the season, in the seasons before each value."""
    movements = []
    for delay in range(season, _SEASONS * season + 1, season):
        if step <= delay < len(series):
            movements.append(_delayed(series, delay - step) - _delayed(series, delay))
    return _median(np.array(movements)) if movements else np.full(len(series), np.nan)


def _delayed(series: np.ndarray, steps: int) -> np.ndarray:
    return np.concatenate([np.full(steps, np.nan), series[: len(series) - steps]])


def _smoothed(series: np.ndarray, width: int) -> np.ndarray:
    """Centred means over an odd number of values, over fewer at the ends."""
    sums = np.cumsum(np.concatenate([[0.0], series]))
    places = np.arange(len(series))
    first, last = np.maximum(places - width // 2, 0), np.minimum(places + width // 2 + 1, len(series))
    return (sums[last] - sums[first]) / (last - first)


def _median(rows: np.ndarray) -> np.ndarray:
    """The median of each column without its NaN; NaN where there is nothing else."""
    ordered, counts = np.sort(rows, axis=0), np.isfinite(rows).sum(axis=0)
    places = np.arange(rows.shape[1])
    return (ordered[np.maximum(counts - 1, 0) // 2, places] + ordered[counts // 2 % len(rows), places]) / 2


def _regressed(columns: np.ndarray, moved: np.ndarray, weights: np.ndarray, level: float) -> np.ndarray:
    """What the last of `columns`, shape (n, k), says of the movement after it, with bounds; shape (3,)."""
    unknown = np.full(3, np.nan)
    columns = columns[:, np.isfinite(columns[-1])]
    known = np.isfinite(columns[: len(moved)]).all(axis=1)
    if known.sum() < _ROWS_PER_COEFFICIENT * columns.shape[1]:
        return unknown
    rows, target, weights = columns[: len(moved)][known], moved[known], weights[: len(moved)][known]
    cut = _CUT * _MAD_TO_SIGMA * np.median(np.abs(rows), axis=0)
    cut[cut == 0] = np.inf
    rows, last = np.clip(rows, -cut, cut), np.clip(columns[-1], -cut, cut)
    spread = np.median(np.abs(target))
    trust, ridge = weights, _RIDGE
    for _ in range(_PASSES):
        products = (rows * trust[:, None]).T @ rows
        penalty = ridge * np.diag(products) + 1e-9 * (np.trace(products) + 1e-12)
        inverse = np.linalg.inv(products + np.diag(penalty))
        coefficients = inverse @ (rows * trust[:, None]).T @ target
        residuals = target - rows @ coefficients
        scale = np.median(np.abs(residuals))
        # What is certain need not be drawn to zero, where there is enough of it.
        if len(target) >= _ROWS_TO_BE_CERTAIN * len(last) and spread > 0:
            ridge = _RIDGE * min(1.0, (scale / spread) ** 2)
        trust = weights / np.maximum(1.0, np.abs(residuals) / (_HUBER * _MAD_TO_SIGMA * scale + 1e-12))
    leverage = np.minimum(trust * ((rows @ inverse) * rows).sum(axis=1), 0.9)
    # Nothing is foreseen to move farther than it ever did, nor its bounds twice as far.
    least, most = target.min(), target.max()
    movement = np.clip(last @ coefficients, least, most)
    lower, upper = _quantiles(residuals / (1 - leverage), weights, level)
    reach = most - least
    return np.array(
        [movement, max(movement + min(lower, 0.0), least - reach), min(movement + max(upper, 0.0), most + reach)]
    )


def _quantiles(values: np.ndarray, weights: np.ndarray, level: float) -> np.ndarray:
    order = np.argsort(values)
    shares = np.cumsum(weights[order])
    return np.interp([(1 - level) / 2, (1 + level) / 2], (shares - weights[order] / 2) / shares[-1], values[order])


def series_rows(
    step_numbers: Sequence[int], values: Sequence[float], steps: int, season: int, level: float
) -> list[Row] | None:
    """Rows (steps ahead, forecast, lower, upper bound, mean change from step to step in the history), for SQL.

    `step_numbers`, ascending, are those of `values`; others are gaps. None where too much is unknown for a forecast.
    """
    places = np.array(step_numbers) - step_numbers[0]
    history = np.full(places[-1] + 1, np.nan)
    history[places] = values
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

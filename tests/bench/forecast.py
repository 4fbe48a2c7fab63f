"""Forecasts of real traffic, ours beside others: python -m tests.bench.forecast SERIES.csv."""

from __future__ import annotations

import argparse
import csv
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from river.time_series import HoltWinters
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from udfs.forecast import forecast

SEASON, STEPS = 288, 12
Forecaster = Callable[[np.ndarray], np.ndarray]


def ours(history: np.ndarray) -> np.ndarray:
    """What Flink calls."""
    return forecast(history, STEPS, season=SEASON)


def last_value(history: np.ndarray) -> np.ndarray:
    return np.full(STEPS, history[-1])


def seasonal_naive(history: np.ndarray) -> np.ndarray:
    return history[len(history) - SEASON :][:STEPS]


def exponential_smoothing(history: np.ndarray) -> np.ndarray:
    """statsmodels' ETS with a damped trend over what is left of the median day, with its 90 % bounds."""
    logarithms = np.log(history)
    days = len(history) // SEASON
    day = np.median(logarithms[len(history) - days * SEASON :].reshape(days, SEASON), axis=0)
    left = logarithms - np.resize(np.roll(day, len(history) % SEASON), len(history))
    fitted: Any = ETSModel(pd.Series(left), error="add", trend="add", damped_trend=True).fit(disp=False)
    made = fitted.get_prediction(start=len(left), end=len(left) + STEPS - 1).summary_frame(alpha=0.1)
    return np.exp(made[["mean", "pi_lower", "pi_upper"]].to_numpy() + day[:STEPS, None])


def holt_winters(history: np.ndarray) -> np.ndarray:
    """river's, learning from value to value."""
    model = HoltWinters(alpha=0.6, beta=0.01, gamma=0.2, seasonality=SEASON, multiplicative=True)
    for value in history:
        model.learn_one(float(value))
    return np.array(model.forecast(horizon=STEPS))


def main() -> None:
    """Walk forward from the fifth day on: each forecast knows what lies before it, and nothing else."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(prog="python -m tests.bench.forecast", description=__doc__)
    parser.add_argument("path", type=Path, help="a CSV file with values in steps of five minutes, one series, in order")
    parser.add_argument("--column", default="total_mbps", help="the column of the values")
    parser.add_argument("--every", type=int, default=7, help="look at every so many-th step (others are slow)")
    arguments = parser.parse_args()
    with arguments.path.open(encoding="utf-8") as lines:
        values = np.array([float(row[arguments.column]) for row in csv.DictReader(lines)])
    places = np.arange(4 * SEASON - 1, len(values) - STEPS, arguments.every)
    came = np.array([values[place + 1 : place + 1 + STEPS] for place in places])
    title = f"{len(places)} origins; errors as a share of the last value's"
    table = Table("forecast by", "1 step", "12 steps", "MAPE 1", "MAPE 12", "within 90 %", "ms each", title=title)
    naive = np.abs(values[places][:, None] - came) / came
    for forecaster in (ours, last_value, seasonal_naive, exponential_smoothing, holt_winters):
        begin = time.perf_counter()
        made = np.array([forecaster(values[: place + 1]) for place in places])
        each_ms = 1_000 * (time.perf_counter() - begin) / len(places)
        points = made[..., 0] if made.ndim == 3 else made
        errors = np.abs(points - came) / came
        within = f"{((made[..., 1] <= came) & (came <= made[..., 2])).mean():.3f}" if made.ndim == 3 else ""
        shares = [f"{errors[:, step].mean() / naive[:, step].mean():.3f}" for step in (0, STEPS - 1)]
        mapes = [f"{100 * errors[:, step].mean():.2f} %" for step in (0, STEPS - 1)]
        table.add_row(forecaster.__name__.replace("_", " "), *shares, *mapes, within, f"{each_ms:.1f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()

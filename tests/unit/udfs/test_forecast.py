"""Forecasts: exact where the past tells all, robust where it errs."""

import numpy as np
import pytest

from udfs.forecast import forecast, series_rows

HOURS = np.arange(24 * 9)
DAILY = 100 * (1.5 + np.sin(2 * np.pi * HOURS / 24))


def test_what_repeats_every_day_is_foreseen_from_two_days_on():
    made = forecast(DAILY, 24, season=24)
    assert made.shape == (24, 3)
    assert made[:, 0] == pytest.approx(DAILY[:24], rel=0.02)
    assert forecast(DAILY[:48], 3, season=24)[:, 0] == pytest.approx(DAILY[:3], rel=0.15)


def test_a_steady_growth_goes_on():
    assert forecast(100 * 1.02 ** np.arange(80), 5)[:, 0] == pytest.approx(100 * 1.02 ** np.arange(80, 85), rel=0.01)
    assert forecast(np.arange(-50.0, 30.0), 3)[:, 0] == pytest.approx([30, 31, 32], abs=0.1)


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_what_never_changes_does_not_change(value):
    assert forecast([value] * 40, 3, season=5) == pytest.approx(np.full((3, 3), value))


def test_too_little_history_gives_no_forecast():
    assert np.isnan(forecast([], 2)).all()
    assert np.isnan(forecast(DAILY[:15], 2, season=24)).all()
    assert np.isnan(forecast([1.0] * 15 + [np.nan] * 20, 2)).all()
    made = forecast(DAILY[:30], 28)
    assert np.isfinite(made[0]).all() and np.isnan(made[-1]).all()


def test_gaps_are_filled():
    gappy = DAILY.copy()
    gappy[[50, 51, 120, 200]] = np.nan
    assert forecast(gappy, 6, season=24)[:, 0] == pytest.approx(forecast(DAILY, 6, season=24)[:, 0], rel=0.03)
    assert np.isfinite(forecast(np.append(gappy, np.nan), 2, season=24)).all()


@pytest.mark.parametrize("hours_ago", [2, 5, 23, 24, 47, 100])
def test_a_single_spike_of_the_past_hardly_matters(hours_ago):
    rng = np.random.default_rng(3)
    history = DAILY * rng.lognormal(0, 0.05, len(DAILY))
    spiked = history.copy()
    spiked[-hours_ago] *= 20
    usual, made = (forecast(values, 6, season=24) for values in (history, spiked))
    assert made[:, 0] == pytest.approx(usual[:, 0], rel=0.15)
    assert (made[:, 2] < 1.5 * usual[:, 2]).all()


def test_a_nightly_event_is_foreseen_and_one_that_does_not_come_leaves_no_trace():
    rng = np.random.default_rng(2)
    history = DAILY * rng.lognormal(0, 0.05, len(DAILY))
    history[5::24] += 20_000
    assert forecast(history[: 8 * 24 + 5], 1, season=24)[0, 0] == pytest.approx(20_000, rel=0.2)
    missed = history[: 8 * 24 + 6].copy()
    missed[-1] = DAILY[5]
    assert forecast(missed, 4, season=24)[:, 0] == pytest.approx(DAILY[6:10], rel=0.25)


@pytest.mark.parametrize("seed", range(30))
def test_a_short_or_wild_history_makes_no_wild_forecast_and_bounds_hold_it(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(16, 80))
    wild = [
        1e7 * rng.lognormal(0, 0.05, count) * 2.0 ** np.maximum(np.arange(count) - count + 8, 0),
        1e9 * (rng.random(count) < 0.3),
        np.cumsum(rng.normal(size=count)),
        1e9 * (np.arange(count) % 2) + rng.random(count),
    ]
    for values in wild:
        made = forecast(values, 12)
        known = made[np.isfinite(made).all(axis=1)]
        assert (known[:, 1] <= known[:, 0]).all() and (known[:, 0] <= known[:, 2]).all()
        if values.min() >= 0:
            assert known[:, 0].max() <= 300 * values.max()


def test_a_scale_is_only_a_scale():
    assert forecast(DAILY * 1e9, 3, season=24) == pytest.approx(forecast(DAILY, 3, season=24) * 1e9)


@pytest.mark.parametrize(
    "arguments, named",
    [
        (([[1.0]], 1), "values"), (([1.0, np.inf], 1), "values"), (([1.0], 0), "steps"),
        (([1.0], 1, 1), "season"), (([1.0], 1, None, 1.0), "level"),
    ],
)  # fmt: skip
def test_arguments_out_of_range_are_named(arguments, named):
    values, steps, *others = arguments
    with pytest.raises(ValueError, match=named):
        forecast(values, steps, **dict(zip(("season", "level"), others)))


def test_rows_for_sql_leave_out_what_is_not_known():
    steps = [place for place in range(100, 160) if place % 7]
    rows = series_rows(steps, [float(step) for step in steps], 3, 288, 0.9)
    assert [row[0] for row in rows] == [1, 2, 3]
    assert rows[0][1] == pytest.approx(160, rel=0.02) and rows[0][4] == 1
    assert series_rows(range(15), [1] * 15, 3, 288, 0.9) is None
    assert series_rows([*range(20), 60], [1] * 21, 3, 288, 0.9) is None

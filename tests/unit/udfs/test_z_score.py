"""z-scores against independent implementations."""

import statistics

import numpy as np
import pytest

from udfs.z_score import MAD_TO_SIGMA, METRICS, classic, departures, fill_gaps, robust, score_row

LIMITS = {"min_change": 0.0, "z_threshold": 3.0, "robust_threshold": 3.5}


@pytest.mark.parametrize("seed", range(20))
def test_classic_agrees_with_the_standard_library(seed):
    history = np.random.default_rng(seed).integers(0, 10**9, 30)
    mean, deviation = classic(history.astype(float))
    assert mean == pytest.approx(statistics.fmean(history.tolist()), rel=1e-12)
    assert deviation == pytest.approx(statistics.stdev(history.tolist()), rel=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_robust_agrees_with_the_standard_library(seed):
    history = np.random.default_rng(seed).integers(0, 10**9, 31).tolist()
    median, scale = robust(np.array(history, dtype=float), 1.0)
    assert median == statistics.median(history)
    assert scale == pytest.approx(statistics.median(abs(x - median) for x in history) * MAD_TO_SIGMA, rel=1e-12)


def test_a_steady_counter_around_1e12_gets_the_right_z():
    history = 10**12 + np.random.default_rng(1).integers(-1_000, 1_000, 30)
    exact = [int(x) for x in history]
    expected = (10**12 + 10_000 - statistics.mean(exact)) / statistics.stdev(exact)
    found = {s.method: s for s in departures(history.astype(float), 10**12 + 10_000, **LIMITS)}
    assert found["z"].score == pytest.approx(expected, rel=1e-6)


def test_gaps_count_as_zero():
    series = fill_gaps([10, 11, 14], [5, 5, 9], 30)
    assert series.tolist() == [5, 5, 0, 0, 9]


def test_a_history_that_began_before_the_window_is_cut():
    assert fill_gaps([0, 9, 10], [7, 8, 9], 3).tolist() == [0, 0, 8, 9]


def test_a_constant_history_has_a_scale():
    found = list(departures(np.full(10, 100.0), 150.0, min_change=40, z_threshold=3, robust_threshold=3.5))
    assert [s.direction for s in found] == ["spike", "spike"]
    assert all(np.isfinite(s.score) for s in found)


def test_a_change_below_the_floor_is_no_departure():
    assert not list(departures(np.full(10, 100.0), 130.0, min_change=40, z_threshold=3, robust_threshold=3.5))


def test_a_dip_is_negative_and_below_its_bound():
    [z, _] = departures(np.array([100.0, 110.0] * 10), 0.0, **LIMITS)
    assert (z.direction, z.score < -3, z.observed < z.lower_bound) == ("dip", True, True)


@pytest.mark.parametrize("history", [[], [1.0]])
def test_too_little_history_says_nothing(history):
    assert not list(departures(np.array(history), 1e9, **LIMITS))


def test_the_current_window_is_not_in_its_own_baseline():
    minutes = list(range(11))
    quiet, spike = [1] * 11, [100] * 10 + [10**6]
    found = list(score_row(minutes, spike, quiet, quiet, quiet, [1.0] * 4, 3.0, 3.5))
    assert {(row[0], row[3], row[7]) for row in found} == {(METRICS[0], 100.0, 10)}

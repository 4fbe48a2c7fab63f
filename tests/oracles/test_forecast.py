"""Forecasts made again and again over a long series: how often bounds hold what comes, and how far they err."""

import numpy as np
import pytest

from tests.support.reference import walk_forward


def test_bounds_hold_the_share_they_promise():
    rng = np.random.default_rng(5)
    noise = np.zeros(2_000)
    for i in range(1, len(noise)):
        noise[i] = 0.8 * noise[i - 1] + rng.normal(0, 0.1)
    values = 100 * (2 + np.sin(2 * np.pi * np.arange(len(noise)) / 48)) * np.exp(noise)
    for level in (0.5, 0.9):
        made, came, _ = walk_forward(values, 4, season=48, level=level, start=1_000, stride=2)
        within = ((made[:, :, 1] <= came) & (came <= made[:, :, 2])).mean(axis=0)
        assert within == pytest.approx(np.full(4, level), abs=0.06)


def test_on_a_backbone_it_errs_less_than_the_last_value(abilene):
    """From the fifth day on, as mean absolute percentage error; the bounds hold what they promise."""
    made, came, origins = walk_forward(abilene, 12, season=288, start=4 * 288, stride=7)
    errors, naive = np.abs(made[:, :, 0] - came) / came, np.abs(origins[:, None] - came) / came
    assert errors[:, 0].mean() <= 0.82 * naive[:, 0].mean()
    assert errors[:, 11].mean() <= 0.85 * naive[:, 11].mean()
    within = ((made[:, :, 1] <= came) & (came <= made[:, :, 2])).mean(axis=0)
    assert within.mean() == pytest.approx(0.9, abs=0.03) and within == pytest.approx(np.full(12, 0.9), abs=0.06)

"""Departures from a forecast by the time of day: what comes every night is none, and its absence is one."""

import numpy as np
import pytest

from udfs.seasonal_score import departure, score_row

SEASON, BACKUP = 96, 8


def days(count: int, seed: int = 1, backups: int = 0) -> np.ndarray:
    """Octets by quarter of an hour, busy by day, and in the first nights a backup of two quarters."""
    rng = np.random.default_rng(seed)
    places = np.arange(count * SEASON)
    octets = 3e6 * (1.2 + np.sin(2 * np.pi * places / SEASON)) * rng.lognormal(0, 0.4, len(places))
    for night in range(backups):
        octets[night * SEASON + BACKUP : night * SEASON + BACKUP + 2] += 2e9
    return octets


def score(octets: np.ndarray, place: int):
    return departure(octets[:place], octets[place], season=SEASON, min_change=1e6, threshold=4)


def test_a_nightly_backup_is_an_anomaly_until_it_has_been_seen_often_enough_and_then_its_absence():
    octets = days(8, backups=7)
    nights = [score(octets, night * SEASON + BACKUP) for night in range(2, 8)]
    assert nights[0].direction == "spike"
    assert nights[1:5] == [None] * 4
    assert nights[5].direction == "dip" and nights[5].expected > 1e9 and nights[5].observed < 1e8


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_after_a_backup_that_did_not_come_all_is_as_usual(seed):
    octets = days(8, seed, backups=7)
    missed = 7 * SEASON + BACKUP
    assert [score(octets, place) for place in range(missed + 2, missed + 20)] == [None] * 18
    quiet = np.zeros(672)
    quiet[BACKUP::SEASON] = 5e9
    found = departure(np.append(quiet[: 6 * SEASON + BACKUP], 0.0), 5e9, season=SEASON, min_change=1e6, threshold=4)
    assert found is None or (found.upper_bound >= 0 and np.isfinite(found.score))


def test_an_incident_at_another_time_of_day_is_found():
    octets = days(6, backups=6)
    octets[5 * SEASON + 40] += 1e9
    found = score(octets, 5 * SEASON + 40)
    assert found.direction == "spike" and found.score > 4 and found.observed > found.upper_bound
    assert found.n_samples == 5 * SEASON + 40


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_quiet_days_hardly_raise_alarms(seed):
    octets = days(9, seed)
    alarms = [place for place in range(2 * SEASON, len(octets)) if score(octets, place)]
    assert len(alarms) <= 2


def test_nothing_is_said_before_two_days_nor_of_small_changes():
    octets = days(3)
    octets[[SEASON + 50, 2 * SEASON + 50]] = 5e9
    assert score(octets, SEASON + 50) is None
    assert score(octets, 2 * SEASON + 50).direction == "spike"
    small = octets / 1e4
    small[2 * SEASON + 5] = 9e5
    assert score(small, 2 * SEASON + 5) is None


def test_rows_name_the_metrics_and_count_missing_windows_as_zero():
    octets = days(4)
    steps = np.arange(1_000, 1_000 + len(octets))
    kept = np.ones(len(octets), dtype=bool)
    kept[[SEASON - 1, 2 * SEASON - 1, 3 * SEASON - 1]] = False
    octets[-1] = 5e9
    ones = np.ones(kept.sum())
    rows = list(score_row(steps[kept], octets[kept], ones, ones, ones, [1e6, 1e3, 100.0, 50.0], 4.0, SEASON))
    assert [row[:2] for row in rows] == [("octets", "seasonal")]
    octets[~kept] = 0
    assert rows[0][3] == score(octets, len(octets) - 1).expected

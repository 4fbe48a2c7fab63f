"""Regular calls against calls by chance."""

import numpy as np
import pytest

from udfs.beacons import beacon_rows

THRESHOLD, LEAST_CALLS = 0.8, 20
# Starts within a window of an hour, as the analysis has them.
HOUR_MS = 3_600_000


def slices(starts, octets):
    """What ten-second windows hold of flows that start at these milliseconds with these octets."""
    cells = {}
    for start, size in zip(starts, octets):
        cells.setdefault(int(start) // 10_000, []).append((int(start), int(size)))
    return [(min(cell)[0], max(cell)[0], len(cell), sum(size for _, size in cell)) for _, cell in sorted(cells.items())]


@pytest.mark.parametrize("interval_s", [5, 10, 30, 60, 150])
@pytest.mark.parametrize("jitter", [0.0, 0.1, 0.2])
def test_a_timer_is_seen_whatever_its_interval(interval_s, jitter):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        starts = np.arange(1, HOUR_MS / 1_000 / interval_s)
        starts = np.sort(starts + rng.uniform(-jitter, jitter, len(starts))) * interval_s * 1_000
        [(calls, gap_s, gaps, octets, sizes)] = beacon_rows(slices(starts, rng.integers(310, 330, len(starts))))
        # Of three in ten seconds, the start between is unknown.
        assert 0.8 * len(starts) < calls <= len(starts)
        assert gap_s == pytest.approx(interval_s, rel=0.1)
        assert 310 <= octets <= 330
        assert gaps >= THRESHOLD and sizes >= THRESHOLD, seed


@pytest.mark.parametrize("mean_gap_s", [5, 20, 60, 120])
def test_gaps_by_chance_are_no_timer(mean_gap_s):
    """Calls at any moment with equal chance, all of one size."""
    for seed in range(500):
        rng = np.random.default_rng(seed)
        starts = np.sort(rng.uniform(0, HOUR_MS, HOUR_MS // 1_000 // mean_gap_s))
        for _, _, gaps, _, sizes in beacon_rows(slices(starts, np.full(len(starts), 300))):
            assert gaps < THRESHOLD and sizes == 1.0, seed


@pytest.mark.parametrize("pairs", [10, 20, 60])
@pytest.mark.parametrize("apart_ms", [0, 250, 1_000])
def test_calls_in_pairs_by_chance_are_no_timer(pairs, apart_ms):
    """As where one connection opens another, or two exporters see the same."""
    for seed in range(100):
        rng = np.random.default_rng(seed)
        at = rng.uniform(0, HOUR_MS, pairs)
        starts = np.sort(np.concatenate([at, at + apart_ms * rng.uniform(0.95, 1.05, pairs)]))
        reported = [row for row in beacon_rows(slices(starts, np.full(len(starts), 300))) if row[0] >= LEAST_CALLS]
        assert all(gaps < THRESHOLD for _, _, gaps, _, _ in reported), seed


def test_what_cannot_be_told_is_not_said():
    assert list(beacon_rows([(0, 0, 1, 300)])) == []
    assert list(beacon_rows([(0, 0, 2, 600)])) == []
    stream = [(at, at + 9_000, 8, 2_400) for at in range(0, HOUR_MS, 10_000)]
    assert list(beacon_rows(stream)) == []
    # Of a few slices with more, the others tell.
    assert len(list(beacon_rows(stream[:5] + slices(range(60_000, HOUR_MS, 10_000), [300] * 400)))) == 1


def test_sizes_without_octets_are_no_error():
    [(*_, octets, sizes)] = beacon_rows([(at, at, 1, 0) for at in range(0, 600_000, 60_000)])
    assert (octets, sizes) == (0.0, 0.0)

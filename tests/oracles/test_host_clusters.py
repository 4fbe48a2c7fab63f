"""Clusters of hosts beside scikit-learn's, and over a day of generated traffic."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from tests.support.host_windows import follow, windows
from udfs.learners.clustering import partition, standardised


@pytest.mark.parametrize(("hosts", "rate", "seed"), [(100, 50, 1), (200, 20, 2), (1000, 100, 3)])
def test_clusters_are_the_roles_after_an_hour(hosts, rate, seed):
    network, seen = windows(hosts, rate, 1, seed)
    roles = dict(zip(network.addresses, network.roles))
    last = follow(seen)[1][-1]
    assert len(last) > 0.95 * hosts
    assert adjusted_rand_score([roles[a.host] for a in last], [a.cluster_id for a in last]) >= 0.95


def test_in_a_day_at_most_one_host_in_a_hundred_moves_at_once():
    reported = follow(windows(100, 20, 24, seed=41)[1])[1]
    assert max(sum(a.from_cluster_id is not None for a in window) for window in reported) <= 1


@pytest.mark.parametrize("seed", range(20))
def test_blobs_are_found_as_scikit_learn_finds_them(seed):
    rng = np.random.default_rng(seed)
    k, dimensions, count = int(rng.integers(1, 8)), int(rng.integers(2, 11)), int(rng.integers(60, 800))
    middles = []
    while len(middles) < k:
        middle = rng.uniform(-30, 30, dimensions)
        if all(np.linalg.norm(middle - other) > 12 for other in middles):
            middles.append(middle)
    truth = np.concatenate([np.arange(k).repeat(3), rng.integers(0, k, count)])
    widths = rng.uniform(0.5, 1.2, k)
    points = np.array(middles)[truth] + rng.normal(0, 1, (len(truth), dimensions)) * widths[truth][:, None]
    points = standardised(points)
    labels = partition(points, 8)
    theirs = KMeans(k, n_init=10, random_state=0).fit(points)
    inertia = sum(np.square(points[labels == i] - points[labels == i].mean(axis=0)).sum() for i in set(labels))
    assert adjusted_rand_score(truth, labels) == adjusted_rand_score(theirs.labels_, labels) == 1
    assert inertia <= theirs.inertia_ * (1 + 1e-9)

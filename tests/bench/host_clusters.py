"""Clusters of hosts, ours beside scikit-learn's and river's: python -m tests.bench.host_clusters [--hours 24]."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from river import cluster
from sklearn.cluster import DBSCAN, KMeans
from sklearn.metrics import adjusted_rand_score

from tests.support.host_windows import MORNING_MS, WINDOW_MS, windows
from udfs.learners.clustering import standardised
from udfs.learners.host_clusters import SMALLEST_SCALES, Model, Settings, features, step

_ROLES, _WARM_UP = 4, 6


def ours(seen: list) -> Iterator[dict[str, int]]:
    """Ids of hosts, a window at a time; how many clusters there are is not given."""
    model = Model()
    for i, (names, counts) in enumerate(seen, start=1):
        model, reported = step(model, MORNING_MS + i * WINDOW_MS, names, counts, Settings())
        yield {each.host: each.cluster_id for each in reported}


def points_of(seen: list) -> Iterator[tuple[list[str], np.ndarray]]:
    """The same features as ours, of what is remembered of hosts with enough flows."""
    model = Model()
    for i, (names, counts) in enumerate(seen, start=1):
        model, _ = step(model, MORNING_MS + i * WINDOW_MS, names, counts, Settings(warm_up=10**9))
        active = model.sums[:, 0] >= Settings().min_flows
        hosts = [host for host, is_active in zip(model.hosts, active) if is_active]
        yield hosts, standardised(features(model.sums[active], model.weights[active]), SMALLEST_SCALES)


def of_each_window(fit: Callable[[], Any]) -> Callable[[list], Iterator[dict[str, int]]]:
    """A model of scikit-learn's, fitted to each window anew."""
    return lambda seen: (dict(zip(hosts, fit().fit_predict(points).tolist())) for hosts, points in points_of(seen))


def online(make: Callable[[], Any]) -> Callable[[list], Iterator[dict[str, int]]]:
    """A model of river's, that learns host after host."""

    def follow(seen: list) -> Iterator[dict[str, int]]:
        model = make()
        for hosts, points in points_of(seen):
            rows = [dict(enumerate(point)) for point in points.tolist()]
            for row in rows:
                model.learn_one(row)
            yield {host: model.predict_one(row) for host, row in zip(hosts, rows)}

    return follow


METHODS = {
    "ours, k unknown": ours,
    "scikit-learn KMeans, k = 4": of_each_window(lambda: KMeans(_ROLES, n_init=10, random_state=1)),
    "scikit-learn DBSCAN": of_each_window(lambda: DBSCAN(eps=4, min_samples=2)),
    "river KMeans, k = 4": online(lambda: cluster.KMeans(n_clusters=_ROLES, halflife=0.5, sigma=3, seed=1)),
    "river DBSTREAM": online(lambda: cluster.DBSTREAM(clustering_threshold=3, fading_factor=0.001)),
}


def main() -> None:
    """Follow generated traffic with each method; changes are of hosts' ids from a window to the next."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.host_clusters", description=__doc__)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    network, seen = windows(given.hosts, given.rate, given.hours, given.seed)
    roles = dict(zip(network.addresses, network.roles))
    table = Table("method", "ARI after an hour", "least after", "clusters", "hosts that change a window", "seconds")
    for name, method in METHODS.items():
        begin = time.perf_counter()
        found = list(method(seen))
        seconds = time.perf_counter() - begin
        scores = [adjusted_rand_score([roles[host] for host in ids], list(ids.values())) for ids in found[11:]]
        changed = [
            sum(ids[host] != before[host] for host in ids.keys() & before.keys()) / given.hosts
            for before, ids in zip(found[_WARM_UP:], found[_WARM_UP + 1 :])
        ]
        table.add_row(
            name, f"{scores[0]:.3f}", f"{min(scores):.3f}", str(len(set(found[-1].values()))),
            f"{np.mean(changed):.2%}, at most {max(changed):.1%}", f"{seconds:.1f}",
        )  # fmt: skip
    Console(width=110).print(table)


if __name__ == "__main__":
    main()

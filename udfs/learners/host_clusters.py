"""Hosts grouped by behaviour, learned online: a cluster keeps its id from window to window."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from udfs.learners.clustering import named, partition, standardised
from udfs.learners.learner import Learner

# Counts of a host in a window, in the order of the query; those with "in" are of flows that others sent to it.
COUNTS = (
    "flow_count", "failed_flow_count", "octets_sent", "octets_received", "peers", "ports", "minute_squares",
    "flow_count_in", "octets_in", "peers_in", "ports_in",
)  # fmt: skip
# Features in the order of `features`: (more than others, less than others, none at all).
WORDS = (
    ("many flows out", "few flows out", "no flows out"),
    ("much sent per flow", "little sent per flow", "nothing sent"),
    ("much received per flow", "little received per flow", "nothing received"),
    ("many peers", "few peers", "no peers"),
    ("many ports", "few ports", "no ports"),
    ("many failures", "few failures", "no failures"),
    ("bursty", "steady", "steady"),
    ("many flows in", "few flows in", "no flows in"),
    ("many peers in", "few peers in", "no peers in"),
    ("many ports in", "few ports in", "no ports in"),
)
# The smallest scale of a feature that counts as a difference, in its unit (doublings; the root of a share).
SMALLEST_SCALES = np.array([0.2, 0.2, 0.2, 0.2, 0.2, 0.04, 0.2, 0.2, 0.2, 0.2])
# In scales of the network; narrower groups are taken to be so wide.
_NOISE = 0.25


class Settings(NamedTuple):
    """`half_life`, `forget_after` and `patience` count windows.

    `half_life`: time after which a count weighs half. `forget_after`: time after which a silent host is forgotten.
    `patience`: windows like another cluster before a host changes. `warm_up`: windows before the first result.
    `min_flows`: decayed flow count that a host needs to be clustered.
    """

    max_clusters: int = 8
    max_hosts: int = 10_000
    half_life: float = 12.0
    warm_up: int = 6
    patience: int = 3
    min_flows: float = 3.0
    forget_after: int = 288
    window_ms: int = 300_000
    seed: int = 1


class Model(NamedTuple):
    """What is known of the network; arrays have one row a host, in the order of the names.

    `sums`: counts of the past, forgetting, shape (n, counts). `weights`: windows that they are of, forgetting.
    `clusters`: ids, 0 for none yet. `wanted`: ids of where a host's behaviour belongs, moved to after
    `waited` windows of it.
    """

    window: int = 0
    windows: int = 0
    next_id: int = 1
    hosts: tuple[str, ...] = ()
    sums: np.ndarray = np.zeros((0, len(COUNTS)))
    weights: np.ndarray = np.zeros(0)
    last_seen: np.ndarray = np.zeros(0, dtype="i8")
    clusters: np.ndarray = np.zeros(0, dtype="i8")
    wanted: np.ndarray = np.zeros(0, dtype="i8")
    waited: np.ndarray = np.zeros(0, dtype="i8")


class Assignment(NamedTuple):
    """A host's cluster in a window; `distance` is from the cluster's middle, in scales of the network.

    `from_cluster_id` to `why` are set where the host has just moved.
    """

    host: str
    cluster_id: int
    cluster_size: int
    description: str
    distance: float
    dropped_host_count: int
    from_cluster_id: int | None = None
    from_description: str | None = None
    why: str | None = None


def features(sums: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Behaviour of hosts, shape (n, 10), in doublings; failures as the root of their share.

    `sums` has shape (n, counts), of `weights` windows, shape (n,). Burstiness is the index of dispersion of flows per
    minute (variance by mean, Cox and Lewis, 1966), which for independent flows is 1 at any rate: night and day agree.
    """
    means = sums / weights[:, None]
    flows, failed, sent, received, peers, ports, squares, flows_in, _, peers_in, ports_in = means.T
    one = 1 / weights  # a flow in all that is remembered
    dispersion = (squares + one) / (flows + one)
    return np.column_stack(
        [
            np.log2(flows + 1),
            np.log2((sent + 100 * one) / (flows + one)),
            np.log2((received + 100 * one) / (flows + one)),
            np.log2(peers + 1),
            np.log2(ports + 1),
            np.sqrt(failed / (flows + one)),
            np.log2(dispersion + 0.1),
            np.log2(flows_in + 1),
            np.log2(peers_in + 1),
            np.log2(ports_in + 1),
        ]
    )


def step(
    model: Model, window_end_ms: int, hosts: Sequence[str], counts: np.ndarray, settings: Settings
) -> tuple[Model, list[Assignment]]:
    """Learn from a window, and say where each host with a behaviour belongs, in the order of names.

    `counts` has shape (n, counts), a row for each host that sent something; other hosts sent nothing. Nothing is said
    before the end of the warm-up.
    """
    window = window_end_ms // settings.window_ms
    model, dropped = _learned(model, window, hosts, np.asarray(counts, dtype=float), settings)
    active = model.sums[:, 0] >= settings.min_flows
    if model.windows < settings.warm_up or not active.any():
        return model, []
    values = features(model.sums[active], model.weights[active])
    points = standardised(values, SMALLEST_SCALES)
    before = model.wanted[active]
    labels = partition(points, settings.max_clusters, seed=settings.seed, before=before, noise=_NOISE)
    wanted, next_id = named(labels, before, model.next_id)
    clusters, was, waited = model.clusters[active], model.clusters[active], model.waited[active]
    waited = np.where(wanted == clusters, 0, np.where(wanted == before, waited + 1, 1))
    moves = (clusters == 0) | (waited >= settings.patience)
    clusters, waited = np.where(moves, wanted, clusters), np.where(moves, 0, waited)
    kept = {name: getattr(model, name).copy() for name in ("clusters", "wanted", "waited")}
    kept["clusters"][active], kept["wanted"][active], kept["waited"][active] = clusters, wanted, waited
    names = [host for host, is_active in zip(model.hosts, active.tolist()) if is_active]
    model = model._replace(next_id=next_id, **kept)
    return model, _assignments(names, clusters, was, values, points, dropped)


def _learned(
    model: Model, window: int, hosts: Sequence[str], counts: np.ndarray, settings: Settings
) -> tuple[Model, int]:
    """(the model with a window's counts, how many hosts were dropped); hosts silent for too long are forgotten."""
    passed = max(window - model.window, 1) if model.windows else 1
    fades = 0.5 ** (1 / settings.half_life)
    # A window in which a host was silent counts as one of zeros.
    gone = fades * (1 - fades ** (passed - 1)) / (1 - fades)
    names = sorted({*model.hosts, *hosts})
    number = {host: i for i, host in enumerate(names)}
    old = np.array([number[host] for host in model.hosts], dtype="i8")
    new = np.array([number[host] for host in hosts], dtype="i8")
    grown = {}
    for name in ("sums", "weights", "last_seen", "clusters", "wanted", "waited"):
        part = getattr(model, name)
        grown[name] = np.zeros((len(names), *part.shape[1:]), dtype=part.dtype)
        grown[name][old] = part
    is_known = grown["weights"] > 0
    grown["sums"] *= fades**passed
    grown["weights"] = np.where(is_known, grown["weights"] * fades**passed + gone, 0) + 1
    squares = COUNTS.index("minute_squares")
    flows = counts[:, 0]
    minutes = settings.window_ms / 60_000
    # The variance within the window, as a sum that can be added up over windows, times what makes it unbiased.
    added = counts.copy()
    added[:, squares] = (counts[:, squares] - np.square(flows) / minutes) * (minutes / max(minutes - 1, 1))
    np.add.at(grown["sums"], new, added)
    grown["last_seen"][new] = window
    stays = window - grown["last_seen"] < settings.forget_after
    dropped = int(stays.sum()) - settings.max_hosts
    if dropped > 0:
        quietest = np.lexsort((-np.arange(len(names)), grown["sums"][:, 0], stays))
        stays[quietest[(~stays).sum() :][:dropped]] = False
    kept = np.flatnonzero(stays)
    grown = {name: part[kept] for name, part in grown.items()}
    hosts_kept = tuple(names[i] for i in kept.tolist())
    return model._replace(window=window, windows=model.windows + 1, hosts=hosts_kept, **grown), max(dropped, 0)


def _assignments(
    names: list[str], clusters: np.ndarray, was: np.ndarray, values: np.ndarray, points: np.ndarray, dropped: int
) -> list[Assignment]:
    ids, sizes = np.unique(clusters, return_counts=True)
    middles = {int(i): np.median(points[clusters == i], axis=0) for i in ids}
    raw = {int(i): np.median(values[clusters == i], axis=0) for i in ids}
    size = dict(zip(ids.tolist(), sizes.tolist()))
    text = {i: description(middles[i], [m for j, m in middles.items() if j != i], raw[i]) for i in middles}
    assignments = []
    for i, (host, cluster, old) in enumerate(zip(names, clusters.tolist(), was.tolist())):
        distance = float(np.sqrt(np.square(points[i] - middles[cluster]).sum()))
        moved: tuple = ()
        if old not in (0, cluster):
            # A cluster may have lost its last host.
            middle = middles.get(old)
            why = "its cluster has no host left" if middle is None else description(points[i], [middle], values[i])
            moved = (old, text.get(old), why)
        assignments.append(Assignment(host, cluster, size[cluster], text[cluster], round(distance, 3), dropped, *moved))
    return assignments


def description(middle: np.ndarray, others: Sequence[np.ndarray], raw: np.ndarray, most: int = 3) -> str:
    """In words, in what a middle differs most from the mean of others; `raw` says which features are none at all.

    >>> description(np.array([0, 0, 0, 0, 0, 0, 0, 6, 3, 0.0]), [np.zeros(10)], np.ones(10))
    'many flows in, many peers in'
    """
    if not len(others):
        return "all alike"
    differences = middle - np.mean(others, axis=0)
    order = np.argsort(-np.abs(differences), kind="stable")[:most]
    words = [
        WORDS[i][0] if differences[i] > 0 else WORDS[i][2] if raw[i] < 1e-9 else WORDS[i][1]
        for i in order.tolist()
        if abs(differences[i]) >= 1
    ]
    return ", ".join(words) or "like the others"


def learn(model: Model | None, row: dict[str, Any]) -> tuple[Model, Iterator[tuple]]:
    """A step over a row of the view clustered_hosts, for Flink: settings, and each host with its COUNTS in JSON."""
    minutes = row["window_ms"] / 60_000
    settings = Settings(
        max_clusters=row["max_clusters"],
        max_hosts=row["max_hosts"],
        half_life=row["half_life_minutes"] / minutes,
        warm_up=round(row["warm_up_minutes"] / minutes),
        patience=row["patience"],
        min_flows=row["min_flows"],
        forget_after=round(row["forget_hours"] * 60 / minutes),
        window_ms=row["window_ms"],
    )
    hosts, *counts = zip(*json.loads(row["hosts"]))
    model, assignments = step(model or Model(), row["window_end_ms"], hosts, np.array(counts, dtype=float).T, settings)
    start_ms, dropped = row["window_end_ms"] - row["window_ms"], row["host_count"] - len(hosts)
    rows = (
        (start_ms, row["window_end_ms"], *each._replace(dropped_host_count=each.dropped_host_count + dropped))
        for each in assignments
    )
    return model, rows


def save(model: Model) -> dict[str, Any]:
    """A model as plain data, by the names of its fields."""
    return model._asdict()


def load(_version: int, content: dict[str, Any]) -> Model:
    """The model that `save` gave."""
    return Model(**{**content, "hosts": tuple(content["hosts"])})


learner = Learner(
    name="host_clusters",
    learned="the clusters of hosts and their ids",
    version=1,
    step=learn,
    save=save,
    load=load,
    columns=(
        ("window_start_ms", "BIGINT"),
        ("window_end_ms", "BIGINT"),
        ("host", "STRING"),
        ("cluster_id", "BIGINT"),
        ("cluster_size", "BIGINT"),
        ("description", "STRING"),
        ("distance", "DOUBLE"),
        ("dropped_host_count", "BIGINT"),
        ("from_cluster_id", "BIGINT"),
        ("from_description", "STRING"),
        ("why", "STRING"),
    ),
)

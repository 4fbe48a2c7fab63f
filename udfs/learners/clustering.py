"""Clusters of points: as many as have gaps between them, of any size and width, with ids that stay."""

from __future__ import annotations

import numpy as np

from udfs.z_score import MAD_TO_SIGMA

# What is more scales from the middle than this is simply far.
_FAR = 6.0
# Small groups first, more than there can be clusters; then those without a gap between them become one.
_GROUPS_PER_CLUSTER = 3
_POINTS_PER_GROUP = 12
# Standard deviations of both sides, together, between the middles of two groups, where a gap is.
_GAP = 4.5
# A point on a border stays where it is; so do two clusters that are just about apart.
_GAP_KEPT = 2.5
# So many points of the usual deviation are added to each group, since a small one does not know its own.
_PRIOR_POINTS = 10
_TOO_SMALL = 1e9
_LLOYD_STEPS = 30
_CANDIDATES = 4


def standardised(values: np.ndarray, smallest: np.ndarray | float = 0.0) -> np.ndarray:
    """Distances from the median in scaled median absolute deviations, at least `smallest`, by column; far is far.

    >>> standardised(np.array([[1.0], [2.0], [3.0], [4.0], [1000.0]]), 0.1).round(1).ravel().tolist()
    [-1.3, -0.7, 0.0, 0.7, 6.0]
    """
    centred = values - np.median(values, axis=0)
    scale = np.maximum(MAD_TO_SIGMA * np.median(np.abs(centred), axis=0), smallest)
    scale = np.where(scale > 0, scale, 1.0)
    return _FAR * np.tanh(centred / scale / _FAR)


def seeded(points: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Indices of at most `count` points far from one another: greedy k-means++ (Arthur and Vassilvitskii, 2007)."""
    rng = np.random.default_rng(seed)
    chosen = [int(np.argmin(np.square(points - np.median(points, axis=0)).sum(axis=1)))]
    nearest = np.square(points - points[chosen[0]]).sum(axis=1)
    while len(chosen) < count and nearest.sum() > 1e-12:
        shares = np.cumsum(nearest / nearest.sum())
        drawn = np.minimum(np.searchsorted(shares, rng.random(_CANDIDATES)), len(points) - 1)
        distances = np.minimum(np.square(points[drawn, None] - points).sum(axis=2), nearest)
        best = int(np.argmin(distances.sum(axis=1)))
        chosen.append(int(drawn[best]))
        nearest = distances[best]
    return np.array(chosen)


def k_means(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Labels of points after Lloyd's algorithm from these centres; an empty group stays where it is."""
    labels = np.zeros(len(points), dtype="i8")
    for step in range(_LLOYD_STEPS):
        scores = np.square(centres).sum(axis=1) - 2 * points @ centres.T
        nearest = scores.argmin(axis=1)
        if step and (nearest == labels).all():
            break
        labels = nearest
        centres = np.array(
            [points[labels == i].mean(axis=0) if (labels == i).any() else centre for i, centre in enumerate(centres)]
        )
    return labels


def partition(
    points: np.ndarray,
    max_clusters: int,
    *,
    seed: int = 1,
    before: np.ndarray | None = None,
    min_size: int = 2,
    noise: float = 0.0,
) -> np.ndarray:
    """Labels from 0 of points, shape (n, d), in as many clusters as have gaps between them, at most `max_clusters`.

    Many small groups by k-means; then the two with the smallest gap become one, while it is smaller than what splits a
    cluster. The gap is that of the middles by the standard deviations of both along the line between them (as in
    Ashman's D, 1994), so that sizes and widths may differ. `before` are labels of old, 0 for none: what was together
    is kept so rather, and what was apart. A group has at least `min_size` points, and at least a deviation of `noise`.
    """
    if len(points) < 2:
        return np.zeros(len(points), dtype="i8")
    groups = min(
        _GROUPS_PER_CLUSTER * max_clusters, max(max_clusters, len(points) // _POINTS_PER_GROUP), len(points) // 2
    )
    labels = k_means(points, points[seeded(points, groups, seed)])
    _, labels = np.unique(labels, return_inverse=True)
    count, dimensions = labels.max() + 1, points.shape[1]
    sizes = np.bincount(labels).astype(float)
    middles = np.array([points[labels == i].mean(axis=0) for i in range(count)])
    apart = points - middles[labels]
    scatters = np.array([apart[labels == i].T @ apart[labels == i] for i in range(count)])
    prior = max(np.square(apart).sum() / max(len(points) - count, 1) / dimensions, noise**2)
    usual = np.array([_most(before[labels == i]) if before is not None else 0 for i in range(count)])
    while len(sizes) > 1:
        gaps = _gaps(sizes, middles, scatters, prior)
        known = (usual[:, None] > 0) & (usual > 0)
        needed = np.where(known & (usual[:, None] != usual), _GAP_KEPT, _GAP)
        # What is too small goes first, to what is nearest.
        relative = np.where(np.minimum(sizes[:, None], sizes) < min_size, gaps / _TOO_SMALL, gaps / needed)
        np.fill_diagonal(relative, np.inf)
        first, second = sorted(np.unravel_index(relative.argmin(), relative.shape))
        if relative[first, second] >= 1 and len(sizes) <= max_clusters:
            break
        total = sizes[first] + sizes[second]
        line = middles[first] - middles[second]
        scatters[first] += scatters[second] + sizes[first] * sizes[second] / total * np.outer(line, line)
        middles[first] = (sizes[first] * middles[first] + sizes[second] * middles[second]) / total
        usual[first] = usual[first if sizes[first] >= sizes[second] else second]
        sizes[first] = total
        labels = np.where(labels == second, first, labels)
        labels -= labels > second
        sizes, middles = np.delete(sizes, second), np.delete(middles, second, axis=0)
        scatters, usual = np.delete(scatters, second, axis=0), np.delete(usual, second)
    return labels


def _gaps(sizes: np.ndarray, middles: np.ndarray, scatters: np.ndarray, prior: float) -> np.ndarray:
    lines = middles[:, None] - middles
    lengths = np.sqrt(np.square(lines).sum(axis=2))
    units = lines / np.maximum(lengths, 1e-12)[..., None]
    along = np.einsum("abi,aij,abj->ab", units, scatters, units)
    deviations = np.sqrt((along + _PRIOR_POINTS * prior) / (sizes[:, None] + _PRIOR_POINTS))
    return lengths / np.maximum(deviations + deviations.T, 1e-12)


def _most(ids: np.ndarray) -> int:
    """The most frequent id, the smallest of several; 0 if there is none."""
    found, counts = np.unique(ids[ids > 0], return_counts=True)
    return int(found[counts.argmax()]) if len(found) else 0


def named(labels: np.ndarray, before: np.ndarray, next_id: int) -> tuple[np.ndarray, int]:
    """(ids of labels, the next free id): a cluster has the id of the old one that it shares most points with.

    >>> named(np.array([0, 0, 1, 1, 1]), np.array([7, 7, 7, 0, 0]), 8)
    (array([7, 7, 8, 8, 8]), 9)
    """
    found, counts = np.unique(np.column_stack([labels, before])[before > 0], axis=0, return_counts=True)
    ids: dict[int, int] = {}
    for row in np.lexsort((*found.T[::-1], -counts)):
        label, old = map(int, found[row])
        if label not in ids and old not in ids.values():
            ids[label] = old
    sizes = np.bincount(labels)
    for label in np.argsort(-sizes, kind="stable").tolist():
        if label not in ids:
            ids[label] = next_id
            next_id += 1
    return np.array([ids[label] for label in labels.tolist()], dtype="i8"), next_id

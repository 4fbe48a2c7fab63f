"""Transitions from service to service as SQL counts them, of generated traffic, and a model that follows them."""

from __future__ import annotations

from collections import Counter

import numpy as np
from flowsift.testbed.incidents import plant
from flowsift.testbed.traffic import SERVICES, Network, traffic

from udfs.learners.behaviour import Settings, step
from udfs.learners.behaviour_model import Model

MORNING_MS, WINDOW_MS = 1_736_150_400_000, 300_000


def follow(seen, settings=None, model=None):
    """(the model, what is reported of each window)."""
    model, reported = model or Model(), []
    start = model.everyone.window or MORNING_MS // WINDOW_MS
    for i, transitions in enumerate(seen, start=1):
        model, rows = step(model, (start + i) * WINDOW_MS, transitions, settings or Settings())
        reported.append(rows)
    return model, reported


def counted(flows):
    """Transitions with their counts, of (host, previous, service, destination)."""
    return [(*key, count) for key, count in Counter(flows).items()]


def network_windows(hosts, rate, hours, seed, kinds=()):
    """(the truth about the incidents, [transitions]) of generated traffic, counted by hand."""
    rng = np.random.default_rng(seed)
    network, duration_ms = Network(hosts, rng), int(hours * 3_600_000)
    planted, silences, truth = plant(list(kinds), network, MORNING_MS, duration_ms, rng)
    planned = {"start_ms": MORNING_MS, "duration_ms": duration_ms, "rate": rate}
    flows = np.concatenate(list(traffic(network, **planned, rng=rng, planted=planted, silences=silences)))
    flows = flows[np.argsort(flows["end_ms"], kind="stable")]
    previous, windows = {}, [[] for _ in range(int(hours * 12) + 1)]
    for end_ms, source, destination, service, port in flows[["end_ms", "src", "dst", "service", "dst_port"]].tolist():
        name = SERVICES[service].name or f"{SERVICES[service].protocol}/{port}"
        window = windows[(end_ms - MORNING_MS) // WINDOW_MS]
        window.append((network.addresses[source], previous.get(source), name, network.addresses[destination]))
        previous[source] = name
    return truth, [counted(window) for window in windows[:-1]]


def unusual(reported):
    """(number of the window, row) of all that is unusual."""
    return [(i, row) for i, rows in enumerate(reported) for row in rows if row.kind == "unusual"]


def mean_scores(reported, *names):
    """Of all flows that were predicted: hits as a share of them, losses in bits a flow."""
    rows = [row for rows in reported for row in rows if row.log_loss is not None]
    flows = sum(row.flow_count for row in rows)
    return [
        sum(getattr(row, name) * (row.flow_count if name.endswith("loss") else 1) for row in rows) / flows
        for name in names
    ]

"""Windows of hosts as SQL counts them, of generated traffic, and a model that follows them."""

from __future__ import annotations

import numpy as np
from flowsift.testbed.traffic import FLOW, Network, traffic

from udfs.learners.host_clusters import COUNTS, Model, Settings, step

MORNING_MS, WINDOW_MS = 1_736_150_400_000, 300_000


UNANSWERED = (1, 2)


def windows(hosts, rate, hours, seed):
    """(network, [(names, counts)]): what SQL counts of generated traffic, counted with numpy."""
    rng = np.random.default_rng(seed)
    network = Network(hosts, rng)
    planned = {"start_ms": MORNING_MS, "duration_ms": int(hours * 3_600_000), "rate": rate}
    flows = np.concatenate(list(traffic(network, **planned, rng=rng, planted=np.zeros(0, FLOW), silences=[])))
    number = (flows["end_ms"] - MORNING_MS) // WINDOW_MS
    return network, [counted(network, flows[number == i]) for i in range(int(hours * 12))]


def counted(network, flows):
    counts = dict.fromkeys(COUNTS)
    src, dst = flows["src"], flows["dst"]
    inside = flows[dst < network.hosts]

    def total(keys, values=None):
        return np.bincount(keys, weights=values, minlength=network.hosts)

    def distinct(keys, values):
        return total(np.unique(np.column_stack([keys, values]), axis=0)[:, 0])

    minutes = np.zeros((network.hosts, 5))
    np.add.at(minutes, (src, (flows["end_ms"] - MORNING_MS) % WINDOW_MS // 60_000), 1)
    counts["flow_count"] = total(src)
    counts["failed_flow_count"] = total(src, np.isin(flows["state"], UNANSWERED))
    counts["octets_sent"] = total(src, flows["octets_out"])
    counts["octets_received"] = total(src, flows["octets_in"])
    counts["peers"], counts["ports"] = distinct(src, dst), distinct(src, flows["dst_port"])
    counts["minute_squares"] = np.square(minutes).sum(axis=1)
    counts["flow_count_in"] = total(inside["dst"])
    counts["octets_in"] = total(inside["dst"], inside["octets_out"] + inside["octets_in"])
    counts["peers_in"] = distinct(inside["dst"], inside["src"])
    counts["ports_in"] = distinct(inside["dst"], inside["dst_port"])
    sent = np.flatnonzero(counts["flow_count"])
    return network.addresses[sent].tolist(), np.stack([np.asarray(counts[name]) for name in COUNTS], axis=1)[sent]


def follow(seen, settings=None, model=None):
    """(the model, what is reported of each window)."""
    model, reported = model or Model(), []
    for i, (names, counts) in enumerate(seen, start=1):
        model, assignments = step(model, MORNING_MS + i * WINDOW_MS, names, counts, settings or Settings())
        reported.append(assignments)
    return model, reported

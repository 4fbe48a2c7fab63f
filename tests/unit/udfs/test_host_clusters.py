"""Hosts grouped by behaviour: steady ids, on generated traffic and beside scikit-learn."""

import numpy as np
import pytest
from flowsift.testbed.traffic import FLOW, Network, traffic
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from udfs.clustering import partition, standardised
from udfs.host_clusters import COUNTS, Model, Settings, step

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
    counts["flows"] = total(src)
    counts["failed"] = total(src, np.isin(flows["state"], UNANSWERED))
    counts["octets_sent"] = total(src, flows["octets_out"])
    counts["octets_received"] = total(src, flows["octets_in"])
    counts["peers"], counts["ports"] = distinct(src, dst), distinct(src, flows["dst_port"])
    counts["minute_squares"] = np.square(minutes).sum(axis=1)
    counts["flows_in"] = total(inside["dst"])
    counts["octets_in"] = total(inside["dst"], inside["octets_out"] + inside["octets_in"])
    counts["peers_in"] = distinct(inside["dst"], inside["src"])
    counts["ports_in"] = distinct(inside["dst"], inside["dst_port"])
    sent = np.flatnonzero(counts["flows"])
    return network.addresses[sent].tolist(), np.stack([np.asarray(counts[name]) for name in COUNTS], axis=1)[sent]


def follow(seen, settings=None, model=None):
    """(the model, what is told of each window)."""
    model, told = model or Model(), []
    for i, (names, counts) in enumerate(seen, start=1):
        model, assignments = step(model, MORNING_MS + i * WINDOW_MS, names, counts, settings or Settings())
        told.append(assignments)
    return model, told


@pytest.fixture(scope="module")
def morning():
    return windows(200, 40, 2, seed=3)


@pytest.mark.parametrize(("hosts", "rate", "seed"), [(100, 50, 1), (200, 20, 2), (1000, 100, 3)])
def test_clusters_are_the_roles_after_an_hour(hosts, rate, seed):
    network, seen = windows(hosts, rate, 1, seed)
    roles = dict(zip(network.addresses, network.roles))
    last = follow(seen)[1][-1]
    assert len(last) > 0.95 * hosts
    assert adjusted_rand_score([roles[a.host] for a in last], [a.cluster_id for a in last]) >= 0.95


def test_nobody_moves_while_all_stay_as_they_are(morning):
    told = follow(morning[1])[1]
    assert [a for window in told for a in window if a.from_cluster_id is not None] == []
    assert len({(a.host, a.cluster_id) for window in told for a in window}) == len({a.host for a in told[-1]})


def test_in_a_day_at_most_one_host_in_a_hundred_moves_at_once():
    told = follow(windows(100, 20, 24, seed=41)[1])[1]
    assert max(sum(a.from_cluster_id is not None for a in window) for window in told) <= 1


def test_the_order_of_hosts_does_not_matter(morning):
    rng = np.random.default_rng(0)
    shuffled = []
    for names, counts in morning[1]:
        order = rng.permutation(len(names))
        shuffled.append(([names[i] for i in order], counts[order]))
    assert follow(shuffled)[1] == follow(morning[1])[1]


def test_nothing_is_said_before_the_end_of_the_warm_up(morning):
    told = follow(morning[1], Settings(warm_up=4))[1]
    assert [bool(window) for window in told[:5]] == [False, False, False, True, True]


def test_a_host_that_changes_is_one_event_and_says_why(morning):
    network, seen = morning
    server = network.addresses[network.typical("server")]
    client = network.addresses[network.typical("client")]
    model, _ = follow(seen[:12])
    ids = dict(zip(model.hosts, model.clusters.tolist()))
    changed = []
    for names, counts in seen[12:] + seen[12:]:
        counts = counts.copy()
        counts[names.index(client)] = counts[names.index(server)]
        changed.append((names, counts))
    events = []
    for i, (names, counts) in enumerate(changed, start=13):
        model, told = step(model, MORNING_MS + i * WINDOW_MS, names, counts, Settings())
        events += [a for a in told if a.from_cluster_id is not None]
    assert [(a.host, a.from_cluster_id, a.cluster_id) for a in events] == [(client, ids[client], ids[server])]
    assert {"many flows in", "many peers in", "many ports in"} & set(events[0].why.split(", "))


def test_a_silent_host_is_forgotten_and_the_quietest_are_cut(morning):
    model, _ = follow(morning[1][:6])
    gone = morning[1][0][0][0]
    without = [([n for n in names if n != gone], counts[[n != gone for n in names]]) for names, counts in morning[1]]
    assert gone in model.hosts
    assert gone not in follow(without, Settings(forget_after=10), follow([morning[1][0]])[0])[0].hosts
    few, told = follow(morning[1], Settings(max_hosts=50))
    assert len(few.hosts) == 50
    assert min(a.hosts_cut for a in told[-1]) > 100


def test_a_gap_between_windows_fades_the_past():
    counts = np.ones((4, len(COUNTS)))
    settings = Settings(half_life=2, warm_up=1)
    model, _ = step(Model(), MORNING_MS, list("abcd"), counts, settings)
    later, _ = step(model, MORNING_MS + 4 * WINDOW_MS, ["a"], counts[:1], settings)
    assert later.sums[1, 0] == pytest.approx(0.25)
    assert later.sums[0, 0] == pytest.approx(1.25)
    one = 0.5**0.5
    assert later.weights == pytest.approx(1 + one + one**2 + one**3 + one**4)


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


def test_hosts_that_are_all_alike_are_one_cluster():
    assert set(partition(np.ones((50, 10)), 8)) == {0}
    assert set(partition(np.random.default_rng(1).normal(0, 1, (500, 10)), 8)) == {0}
    assert partition(np.zeros((1, 10)), 8).tolist() == [0]

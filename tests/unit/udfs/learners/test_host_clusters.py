"""Hosts grouped by behaviour: steady ids, what is forgotten, and why a host moves."""

import numpy as np
import pytest

from tests.support.host_windows import MORNING_MS, WINDOW_MS, follow, windows
from udfs.learners.clustering import partition
from udfs.learners.host_clusters import COUNTS, Model, Settings, learner, step
from udfs.learners.learner import loaded, saved


@pytest.fixture(scope="module")
def morning():
    return windows(200, 40, 2, seed=3)


def test_nobody_moves_while_all_stay_as_they_are(morning):
    reported = follow(morning[1])[1]
    assert [a for window in reported for a in window if a.from_cluster_id is not None] == []
    assert len({(a.host, a.cluster_id) for window in reported for a in window}) == len({a.host for a in reported[-1]})


def test_the_order_of_hosts_does_not_matter(morning):
    rng = np.random.default_rng(0)
    shuffled = []
    for names, counts in morning[1]:
        order = rng.permutation(len(names))
        shuffled.append(([names[i] for i in order], counts[order]))
    assert follow(shuffled)[1] == follow(morning[1])[1]


def test_nothing_is_said_before_the_end_of_the_warm_up(morning):
    reported = follow(morning[1], Settings(warm_up=4))[1]
    assert [bool(window) for window in reported[:5]] == [False, False, False, True, True]


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
        model, reported = step(model, MORNING_MS + i * WINDOW_MS, names, counts, Settings())
        events += [a for a in reported if a.from_cluster_id is not None]
    assert [(a.host, a.from_cluster_id, a.cluster_id) for a in events] == [(client, ids[client], ids[server])]
    assert {"many flows in", "many peers in", "many ports in"} & set(events[0].why.split(", "))


def test_a_silent_host_is_forgotten_and_the_quietest_are_dropped(morning):
    model, _ = follow(morning[1][:6])
    gone = morning[1][0][0][0]
    without = [([n for n in names if n != gone], counts[[n != gone for n in names]]) for names, counts in morning[1]]
    assert gone in model.hosts
    assert gone not in follow(without, Settings(forget_after=10), follow([morning[1][0]])[0])[0].hosts
    few, reported = follow(morning[1], Settings(max_hosts=50))
    assert len(few.hosts) == 50
    assert min(a.dropped_host_count for a in reported[-1]) > 100


def test_a_gap_between_windows_fades_the_past():
    counts = np.ones((4, len(COUNTS)))
    settings = Settings(half_life=2, warm_up=1)
    model, _ = step(Model(), MORNING_MS, list("abcd"), counts, settings)
    later, _ = step(model, MORNING_MS + 4 * WINDOW_MS, ["a"], counts[:1], settings)
    assert later.sums[1, 0] == pytest.approx(0.25)
    assert later.sums[0, 0] == pytest.approx(1.25)
    one = 0.5**0.5
    assert later.weights == pytest.approx(1 + one + one**2 + one**3 + one**4)


def test_a_loaded_model_goes_on_as_one_that_was_never_saved(morning):
    rng = np.random.default_rng(0)
    settings = Settings(warm_up=2, patience=1, max_hosts=150)
    model = again = Model()
    for i, (names, counts) in enumerate(morning[1][:12]):
        octets = saved(learner, again)
        again = loaded(learner, octets)
        assert saved(learner, again) == octets
        # Others act like them, so that hosts move.
        counts = counts[rng.permutation(len(counts))]
        model, reported = step(model, MORNING_MS + i * WINDOW_MS, names, counts, settings)
        again, reported_again = step(again, MORNING_MS + i * WINDOW_MS, names, counts, settings)
        assert reported_again == reported
        assert saved(learner, again) == saved(learner, model)
    assert reported


def test_hosts_that_are_all_alike_are_one_cluster():
    assert set(partition(np.ones((50, 10)), 8)) == {0}
    assert set(partition(np.random.default_rng(1).normal(0, 1, (500, 10)), 8)) == {0}
    assert partition(np.zeros((1, 10)), 8).tolist() == [0]

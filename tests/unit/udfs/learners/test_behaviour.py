"""What hosts do next and what is unusual of them: known chains, and formulas done again."""

import json
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from tests.support.transitions import MORNING_MS, WINDOW_MS, counted, follow, mean_scores, network_windows, unusual
from udfs.learners.behaviour import Settings, learn, learner, step
from udfs.learners.behaviour_model import Model
from udfs.learners.chains import STRENGTH, Chain, Frequencies
from udfs.learners.learner import loaded, saved

LONG = Settings(half_life=100_000)


def walk(chain, count, rng, state=0):
    """States of a Markov chain after a first one."""
    for draw in rng.random(count):
        state = int(np.searchsorted(np.cumsum(chain[state]), draw))
        yield state


def walks(chain, hosts, windows, flows, seed):
    """[transitions] of hosts that all follow a chain over the services s0, s1 and so on, each to the same destination.

    The chain has shape (n, n): the probabilities of the next state by state, rows of sum 1.
    """
    rng = np.random.default_rng(seed)
    seen, states = [], dict.fromkeys((f"host{i}" for i in range(hosts)), 0)
    for _ in range(windows):
        window = []
        for host, state in states.items():
            for following in walk(chain, flows, rng, state):
                window.append((host, f"s{state}", f"s{following}", "10.0.0.1"))
                state = following
            states[host] = state
        seen.append(counted(window))
    return seen


def random_steps(rng, names, count):
    return Counter(tuple(rng.choice(names, 2).tolist()) for _ in range(count))


@pytest.mark.parametrize("seed", range(20))
def test_probabilities_are_those_of_the_formula_and_sum_to_one(seed):
    rng = np.random.default_rng(seed)
    names = [f"s{i}" for i in range(rng.integers(1, 12))]
    own = random_steps(rng, names, rng.integers(0, 40))
    everyones = own + random_steps(rng, names, rng.integers(1, 400))
    chain = Chain(own, Chain(everyones))
    known = {service for _, service in everyones}
    for previous in [*names, "unknown", None]:
        assert sum(chain.probability(name, previous) for name in [*known, "unknown"]) == pytest.approx(1)
        assert sum(chain.frequencies.probability(name) for name in [*known, "unknown"]) == pytest.approx(1)
        for name in [*known, "unknown"]:
            expected = 1 / (len(known) + 1)
            for events, must in ((everyones, False), (everyones, True), (own, False), (own, True)):
                flows = [pair for pair in events.elements() if not must or pair[0] == previous]
                expected = (sum(pair[1] == name for pair in flows) + STRENGTH * expected) / (len(flows) + STRENGTH)
            assert chain.probability(name, previous) == pytest.approx(expected, rel=1e-12)
        by_hand = sorted(known, key=lambda name: (-chain.probability(name, previous), name))[:3]
        assert [name for name, _ in chain.most_probable(previous)] == by_hand


@pytest.mark.parametrize("seed", range(5))
def test_probabilities_of_destinations_sum_to_one(seed):
    rng = np.random.default_rng(seed)
    everyones = Counter(rng.zipf(1.5, 500).tolist())
    own = {name: everyones[name] / 2 for name in sorted(everyones)[:7]}
    peers = Frequencies(own, Frequencies(everyones))
    assert sum(peers.probability(name) for name in [*everyones, "unknown"]) == pytest.approx(1)


def test_a_chain_that_always_goes_the_same_way_is_learned():
    cycle = np.roll(np.eye(4), 1, axis=1)
    reported = follow(walks(cycle, 5, 12, 40, seed=1))[1]
    assert mean_scores(reported[4:], "hits_1", "hits_3", "frequency_hits_1") == pytest.approx([1, 1, 0.25])
    last = [row for row in reported[-1] if row.host == "host0"]
    assert [(row.kind, row.rank, row.previous) for row in last] == [("next", rank, "s0") for rank in (1, 2, 3)]
    assert last[0].service == "s1"
    assert last[0].probability > 0.9


def test_the_log_loss_is_nearly_the_entropy_rate_of_the_chain():
    chain = np.random.default_rng(7).dirichlet(np.full(6, 0.5), 6)
    values, vectors = np.linalg.eig(chain.T)
    stationary = np.real(vectors[:, np.argmax(np.real(values))])
    stationary /= stationary.sum()
    rate = -(stationary[:, None] * chain * np.log2(np.maximum(chain, 1e-300))).sum()
    reported = follow(walks(chain, 10, 30, 150, seed=7), LONG)[1]
    loss, of_frequencies = mean_scores(reported[20:], "log_loss", "frequency_log_loss")
    assert loss == pytest.approx(rate, abs=0.03)
    assert of_frequencies == pytest.approx(-(stationary * np.log2(stationary)).sum(), abs=0.03)


def test_a_new_host_is_predicted_better_with_all_hosts():
    chain = np.random.default_rng(8).dirichlet(np.full(6, 0.3), 6)
    model, _ = follow(walks(chain, 10, 10, 50, seed=8))
    flows = list(walk(chain, 2_000, np.random.default_rng(9)))
    steps = [(f"s{before}", f"s{after}") for before, after in pairwise(flows)]
    own = Counter(steps[:20])
    alone, backed = Chain(own), Chain(own, Chain(model.everyone.steps))
    losses = [np.mean([-np.log2(c.probability(b, a)) for a, b in steps[20:]]) for c in (alone, backed)]
    assert losses[1] < losses[0] - 0.2


def test_what_is_new_is_learned_within_a_half_life():
    settings = Settings(half_life=24)
    one, other = np.eye(4)[[1, 0, 0, 0]], np.eye(4)[[2, 0, 0, 0]]
    model, reported = follow(walks(one, 3, 24, 10, seed=1), settings)
    assert {row.service for row in reported[-1] if row.rank == 1 and row.previous == "s0"} == {"s1"}
    _, reported = follow(walks(other, 3, 24, 10, seed=1), settings, model)
    assert {row.service for row in reported[-1] if row.rank == 1 and row.previous == "s0"} == {"s2"}


def usual_windows(count):
    return [[("a", "dns", "tls", "p1", 10), ("a", "tls", "dns", "p2", 10), ("b", "dns", "dns", "p2", 20)]] * count


CHANGED = [("a", "dns", "ssh", "p9", 10), ("a", "ssh", "ssh", "p9", 10), ("b", "dns", "dns", "p2", 20)]


def test_a_host_without_a_past_is_not_unusual():
    assert unusual(follow([*usual_windows(8), CHANGED])[1]) == []
    model, _ = follow(usual_windows(30))
    new = [("c", None, f"tcp/{port}", "p1", 1) for port in range(500)]
    assert unusual(follow([new], model=model)[1]) == []


def test_what_is_unusual_says_why_and_by_how_much():
    model, _ = follow(usual_windows(30))
    [(_, row)] = unusual(follow([CHANGED], model=model)[1])
    assert (row.host, row.service, row.dst_addr, row.flow_count) == ("a", "ssh", "p9", 20)
    assert row.why == "100 % of the excess: destination p9, ssh"
    assert (row.service_first_of, row.dst_addr_first_of) == ("anyone", "anyone")
    assert row.score == pytest.approx((row.bits - row.usual_bits) / row.spread)
    [(_, row)] = unusual(follow([[("b", "dns", "tls", "p1", 20)]], model=model)[1])
    assert (row.service_first_of, row.dst_addr_first_of) == ("host", "host")


def test_what_lasts_is_unusual_for_a_while_and_then_usual():
    model, _ = follow(usual_windows(60))
    for patience in (0, 3, 12):
        reported = follow([CHANGED] * 24, Settings(patience=patience), model)[1]
        assert [i for i, _ in unusual(reported)] == list(range(patience + 1))


def test_an_attack_does_not_make_the_usual_unusual():
    model, _ = follow(usual_windows(30))
    attack = [("a", "dns", f"tcp/{port}", "p1", 1) for port in range(5_000)]
    reported = follow([attack, *usual_windows(5)], model=model)[1]
    assert [i for i, _ in unusual(reported)] == [0]


def test_the_order_of_transitions_does_not_matter():
    rng = np.random.default_rng(0)
    _, seen = network_windows(20, 3, 2, seed=15)
    shuffled = [[window[i] for i in rng.permutation(len(window))] for window in seen]
    assert follow(shuffled) == follow(seen)


def test_what_is_remembered_is_bounded_and_what_is_cut_is_counted():
    _, seen = network_windows(40, 10, 1, seed=16)
    settings = Settings(max_hosts=10, max_steps=5, max_peers=6)
    model, reported = follow(seen, settings)
    assert len(model.hosts) == 10
    assert max(len(past.steps) for past in model.hosts.values()) == 5
    assert max(len(past.peers) for past in model.hosts.values()) == 6
    for row in reported[-1]:
        assert row.dropped_host_count > 0
        assert row.dropped_step_count > 0
        assert row.dropped_peer_count > 0


def test_a_silent_host_and_small_weights_are_forgotten():
    settings = Settings(half_life=2, forget_after=10)
    only_b = [[("b", "dns", "dns", "p2", 20)]]
    model, _ = follow([*usual_windows(3), *only_b * 9], settings)
    assert set(model.hosts) == {"a", "b"}
    model, _ = follow(only_b, settings, model)
    assert set(model.hosts) == {"b"}
    model, _ = follow(only_b * 10, settings, model)
    assert set(model.everyone.peers) == {"p2"}


def test_a_loaded_model_goes_on_as_one_that_was_never_saved():
    _, seen = network_windows(30, 5, 2, seed=17, kinds=["port_scan", "beacon"])
    settings = Settings(min_windows=3, max_hosts=20, max_steps=10, max_peers=10)
    model = again = Model()
    for i, transitions in enumerate(seen):
        octets = saved(learner, again)
        again = loaded(learner, octets)
        assert saved(learner, again) == octets
        model, reported = step(model, MORNING_MS + i * WINDOW_MS, transitions, settings)
        again, reported_again = step(again, MORNING_MS + i * WINDOW_MS, transitions, settings)
        assert again == model
        assert reported_again == reported
    assert reported


def test_rows_are_those_of_the_columns():
    row = {
        "window_ms": WINDOW_MS, "half_life_minutes": 1440.0, "max_hosts": 100, "max_steps": 50, "max_peers": 50,
        "min_flows": 20.0, "min_windows": 12.0, "threshold": 4.0, "least_flows": 5, "min_bits": 2.0, "patience": 12,
        "forget_hours": 24.0, "transition_count": 7,
    }  # fmt: skip
    model, names = None, [name for name, _ in learner.columns]
    types = {"STRING": str, "BIGINT": int, "DOUBLE": float}
    for i, transitions in enumerate([*usual_windows(20), CHANGED]):
        window = {
            **row,
            "window_end_ms": MORNING_MS + i * WINDOW_MS,
            "transitions": json.dumps(transitions),
        }
        model, rows = learn(model, window)
        rows = [dict(zip(names, values, strict=True)) for values in rows]
    assert [row["kind"] for row in rows] == ["unusual"] + ["next"] * 4
    assert {row["dropped_transition_count"] for row in rows} == {4}
    assert rows[0]["window_start_ms"] == MORNING_MS + 19 * WINDOW_MS
    for row in rows:
        assert all(row[name] is None or type(row[name]) is types[kind] for name, kind in learner.columns)

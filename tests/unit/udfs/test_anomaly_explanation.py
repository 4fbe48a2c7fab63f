"""Parts of an anomaly: their shares add up, the most specific comes first, what repeats is left out."""

import numpy as np
import pytest

from udfs.anomaly_explanation import ItemSet, explanation_rows, parts

A, B = "198.51.100.1", "198.51.100.2"


def minute(**octets_by_peer: float) -> list[tuple[ItemSet, float]]:
    """Item sets of a minute in which port 443 of each of these peers got so many octets."""
    peers = {ItemSet({"a": A, "b": B}[name], 443, "tcp"): octets for name, octets in octets_by_peer.items()}
    total = sum(peers.values())
    return [
        (ItemSet(), total),
        (ItemSet(dst_port=443, protocol="tcp"), total),
        *peers.items(),
        *((ItemSet(peer.dst_addr), octets) for peer, octets in peers.items()),
    ]


def reported(item_sets, min_share=0.1, most=3):
    return [
        (str(part.item_set), round(part.share, 3))
        for part in parts(item_sets, len(item_sets) - 1, min_share=min_share, most=most)
    ]


def test_the_most_specific_set_that_carries_it_all_is_told_alone():
    assert reported([minute(a=10), minute(a=10), minute(a=10, b=90)]) == [(f"destination {B}, port 443, tcp", 1.0)]


def test_what_two_peers_have_in_common_is_told_before_each_of_them():
    assert reported([minute(), minute(), minute(a=60, b=40)]) == [
        ("port 443, tcp", 1.0),
        (f"destination {A}", 0.6),
        (f"destination {B}", 0.4),
    ]


def test_what_two_parts_have_in_common_is_counted_once():
    port, peer, both = ItemSet(dst_port=443, protocol="tcp"), ItemSet(A), ItemSet(A, 443, "tcp", None, "SF")
    found = parts([[], [(ItemSet(), 100.0), (port, 60.0), (peer, 50.0), (both, 45.0)]], 1, min_share=0.1, most=3)
    assert [(part.item_set, part.share, round(part.further, 3)) for part in found] == [
        (port, 0.6, 0.6),
        (peer, 0.5, 0.05),
    ]


def test_a_port_without_a_service_is_another_than_that_with_one():
    plain, quic = ItemSet(dst_port=443, protocol="udp"), ItemSet(dst_port=443, protocol="udp", service="quic")
    states = [(plain._replace(conn_state=state), 30.0) for state in ("SF", "S0")]
    assert reported([[], [(ItemSet(), 100.0), (plain, 60.0), *states, (quic, 40.0)]]) == [
        ("port 443, udp", 0.6),
        ("port 443, udp, quic", 0.4),
    ]


def test_a_dip_is_explained_by_what_is_missing():
    assert reported([minute(a=50, b=50), minute(a=50, b=50), minute(b=50)]) == [
        (f"destination {A}, port 443, tcp", 1.0)
    ]
    assert reported([minute(a=50), minute(a=50), []]) == [(f"destination {A}, port 443, tcp", 1.0)]


def test_parts_below_the_least_share_and_beyond_the_number_are_left_out():
    history = [minute(), minute()]
    spread = [(ItemSet(), 100.0)] + [(ItemSet(f"10.0.0.{i}"), 10.0) for i in range(10)]
    assert reported([*history, spread], min_share=0.11) == []
    assert len(reported([*history, spread], min_share=0.1)) == 3


def test_no_difference_has_no_parts():
    assert reported([minute(a=10), minute(b=10)]) == []


def rows_of_peers(octets_by_peer: list[tuple[str, int]]) -> list[tuple]:
    """Rows of item sets of a minute, as SQL gives them: all of it, then each peer."""
    total = sum(octets for _, octets in octets_by_peer)
    return [(7, *[None] * 5, total, 1, 1, 1), *((3, peer, *[None] * 4, n, 1, 1, 1) for peer, n in octets_by_peer)]


@pytest.mark.parametrize("seed", range(20))
def test_shares_of_peers_add_up_to_the_difference(seed):
    rng = np.random.default_rng(seed)
    draw = lambda: minute(a=float(rng.integers(1, 100)), b=float(rng.integers(1, 100)))  # noqa: E731
    history = [draw() for _ in range(5)]
    current = minute(a=1_000.0, b=500.0)
    found = {part.item_set.dst_addr: part for part in parts([*history, current], 5, min_share=0.01, most=9)}
    difference = 1_500 - np.mean([dict(each)[ItemSet()] for each in history])
    alone = [part for peer, part in found.items() if peer]
    assert sum(part.observed - part.expected for part in alone) == pytest.approx(difference)


def of_anomaly(*anomalies: tuple, item_sets: list, most_sets: int = 10) -> list[tuple]:
    return list(explanation_rows(anomalies, item_sets, min_share=0.1, most=3, most_sets=most_sets))


def test_rows_are_of_the_metrics_that_depart():
    sets = [rows_of_peers([(A, n)]) for n in [100, 110, 90, 100, 105, 900]]
    rows = of_anomaly(("octets", "z", "spike", 79.0, 123.0, 5), item_sets=sets)
    assert [row[:3] for row in rows] == [("octets", "spike", 1)]
    assert rows[0][-3:] == (f"100 % of the excess: destination {A}", 0.0, 0)


def test_a_minute_without_traffic_is_none():
    [row] = of_anomaly(("octets", "z", "dip", 50.0, 150.0, 4), item_sets=[rows_of_peers([(A, 100)])] * 4 + [None])
    assert (row[1], *row[4:7]) == ("dip", 0.0, 100.0, A)


@pytest.mark.parametrize("is_z_first", [True, False])
def test_of_both_methods_the_bounds_of_z_count(is_z_first):
    z, robust = ("octets", "z", "spike", 0.0, 250.0, 3), ("octets", "robust", "spike", 90.0, 110.0, 3)
    sets = [rows_of_peers([(A, n)]) for n in (100, 100, 220, 900)]
    [row] = of_anomaly(*((z, robust) if is_z_first else (robust, z)), item_sets=sets)
    assert row[5] == 140.0
    [row] = of_anomaly(robust, item_sets=sets)
    assert row[5] == 100.0


def test_an_old_anomaly_does_not_explain_a_new_one():
    usual, old, new = (A, 300_000), ("203.0.113.9", 200_000_000), ("203.0.113.77", 3_000_000)
    peers = [[usual]] * 10 + [[usual, old]] + [[usual]] * 9 + [[usual, new]]
    sets = [rows_of_peers(minute) for minute in peers]
    rows = of_anomaly(("octets", "robust", "spike", 0.0, 1_300_000.0, 20), item_sets=sets)
    assert [row[-3] for row in rows] == ["100 % of the excess: destination 203.0.113.77"]


def test_a_kind_is_full_if_it_is_so_in_any_minute_that_counts():
    sets = [rows_of_peers(minute) for minute in [[(A, 100)]] * 5 + [[(A, 50), (B, 50)], [(B, 900)]]]
    anomaly = ("octets", "z", "spike", 97.0, 103.0, 6)
    full = {most: {row[-1] for row in of_anomaly(anomaly, item_sets=sets, most_sets=most)} for most in (2, 3)}
    assert full == {2: {1}, 3: {0}}

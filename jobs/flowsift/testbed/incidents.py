"""Incidents to plant in generated traffic, and the truth about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from flowsift.testbed.traffic import ATTEMPT, FLOW, UNIDENTIFIED_UDP, Network, set_sizes, set_times


@dataclass(frozen=True)
class Incident:
    """One planted incident: what, by whom, against whom ("" if no single one), from when to when (epoch ms)."""

    kind: str
    entity: str
    peer: str
    dst_port: int | None
    start_ms: int
    end_ms: int

    def as_dict(self) -> dict:
        return asdict(self)


@dataclass(frozen=True)
class _Scene:
    network: Network
    start_ms: int
    end_ms: int
    rng: np.random.Generator

    def flows(self, count: int, **columns) -> np.ndarray:
        """`count` flows of bare attempts spread evenly over the scene, with these columns set."""
        flows = np.zeros(count, dtype=FLOW)
        flows["service"], flows["state"] = ATTEMPT, 1
        flows["src_port"] = self.rng.integers(32_768, 61_000, count)
        for name in ("service", "state"):
            flows[name] = columns.pop(name, flows[name])
        set_sizes(flows, self.rng)
        end_ms = columns.pop("end_ms", None)
        for name, column in columns.items():
            flows[name] = column
        if end_ms is None:
            end_ms = np.sort(self.rng.integers(self.start_ms, self.end_ms, count))
        return set_times(flows, end_ms, self.rng)

    @property
    def seconds(self) -> int:
        return (self.end_ms - self.start_ms) // 1_000

    def outside(self, rank: int) -> int:
        """A rarely visited peer outside."""
        return self.network.hosts + self.network.outside - 1 - rank


def _spike(scene: _Scene) -> tuple[np.ndarray, int, int | None, int | None]:
    """A client downloads and uploads several hundred times its usual volume from one site."""
    host, peer = scene.network.typical("client", 3), scene.outside(0)
    count = 3 * scene.seconds
    octets = scene.rng.integers(2_000_000, 6_000_000, count)
    flows = scene.flows(
        count, src=host, dst=peer, dst_port=443, service=0, state=0,
        octets_out=octets, packets_out=octets // 1_200, octets_in=octets // 2, packets_in=octets // 2_400,
    )  # fmt: skip
    return flows, host, peer, 443


def _port_scan(scene: _Scene) -> tuple[np.ndarray, int, int | None, int | None]:
    """A client tries the ports of one server, twenty a second, most of them closed."""
    host, peer = scene.network.typical("client", 5), scene.network.typical("server")
    count = 20 * scene.seconds
    ports = scene.rng.permutation(65_535)[np.arange(count) % 65_535] + 1
    state = np.where(scene.rng.random(count) < 0.9, 2, 1)
    return scene.flows(count, src=host, dst=peer, dst_port=ports, state=state), host, peer, None


def _host_sweep(scene: _Scene) -> tuple[np.ndarray, int, int | None, int | None]:
    """A client knocks at port 445 of one address outside after another."""
    host = scene.network.typical("client", 7)
    count = 20 * scene.seconds
    dst = scene.network.hosts + scene.rng.permutation(scene.network.outside)[np.arange(count) % scene.network.outside]
    return scene.flows(count, src=host, dst=dst, dst_port=445, state=1), host, None, 445


def _flood(scene: _Scene) -> tuple[np.ndarray, int, int | None, int | None]:
    """A compromised server floods one victim outside with UDP, one hundred flows of 5,000 packets a second."""
    host, peer = scene.network.typical("server", 2), scene.outside(1)
    count = 100 * scene.seconds
    packets = scene.rng.integers(4_000, 6_000, count)
    flows = scene.flows(
        count, src=host, dst=peer, dst_port=80, service=UNIDENTIFIED_UDP, state=0,
        packets_out=packets, octets_out=packets * 512,
    )  # fmt: skip
    return flows, host, peer, 80


def _beacon(scene: _Scene) -> tuple[np.ndarray, int, int | None, int | None]:
    """A client calls home every 30 s, give or take 10 %, with nearly the same few octets."""
    host, peer = scene.network.typical("client", 9), scene.outside(2)
    times = np.arange(scene.start_ms, scene.end_ms, 30_000)
    times = times + scene.rng.integers(-3_000, 3_000, len(times))
    octets = scene.rng.integers(310, 330, len(times))
    flows = scene.flows(
        len(times), src=host, dst=peer, dst_port=443, service=0, state=0, end_ms=times,
        octets_out=octets, packets_out=4, octets_in=octets, packets_in=4,
    )  # fmt: skip
    return flows, host, peer, 443


def _exfiltration(scene: _Scene) -> tuple[np.ndarray, int, int | None, int | None]:
    """A client sends 300 MB a minute to one host outside over a handful of long uploads."""
    host, peer = scene.network.typical("client", 11), scene.outside(3)
    count = max(1, scene.seconds // 5)
    octets = scene.rng.integers(20_000_000, 30_000_000, count)
    flows = scene.flows(
        count, src=host, dst=peer, dst_port=22, service=6, state=0,
        octets_out=octets, packets_out=octets // 1_400, octets_in=octets // 100, packets_in=octets // 10_000,
    )  # fmt: skip
    return flows, host, peer, 22


def _silence(scene: _Scene) -> tuple[np.ndarray, int, int | None, int | None]:
    """A resolver, which is never quiet, sends nothing at all."""
    return np.zeros(0, dtype=FLOW), scene.network.typical("resolver"), None, None


_PLANTS: dict[str, Callable] = {
    "spike": _spike,
    "port_scan": _port_scan,
    "host_sweep": _host_sweep,
    "flood": _flood,
    "beacon": _beacon,
    "exfiltration": _exfiltration,
    "silence": _silence,
}
KINDS = tuple(_PLANTS)
# Seconds an incident lasts where the run is long enough; beacons and silences are long by nature.
_LENGTH_S = {"beacon": 3_600, "silence": 900}
_USUAL_LENGTH_S = 240


def plant(
    kinds: list[str], network: Network, start_ms: int, duration_ms: int, rng: np.random.Generator
) -> tuple[np.ndarray, list[tuple[int, int, int]], list[Incident]]:
    """The flows of these incidents, the silences (host, from_ms, to_ms), and the truth.

    Incidents start one after another over the last three fifths of the run, so that baselines exist before.
    Raises ValueError for an unknown kind, naming those there are.
    """
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise ValueError(f"unknown incident: {', '.join(unknown)}; there are: {', '.join(KINDS)}")
    flows, silences, truth = [np.zeros(0, dtype=FLOW)], [], []
    for i, kind in enumerate(kinds):
        begin = start_ms + int(duration_ms * (0.4 + 0.5 * i / max(1, len(kinds))))
        begin -= begin % 1_000
        length = min(_LENGTH_S.get(kind, _USUAL_LENGTH_S) * 1_000, int(duration_ms * 0.4))
        end = min(begin + length, start_ms + duration_ms)
        incident, host, peer, dst_port = _PLANTS[kind](_Scene(network, begin, end, rng))
        flows.append(incident)
        if kind == "silence":
            silences.append((host, begin, end))
        names = network.addresses
        truth.append(Incident(kind, str(names[host]), "" if peer is None else str(names[peer]), dst_port, begin, end))
    return np.concatenate(flows), silences, truth

"""A model of an office network's traffic: who talks to whom, when, how much, and what goes wrong.

Everything is drawn in blocks of numpy arrays from one seed, so the same arguments give the same flows.
Flows come out in the order in which an exporter would write them: by end of the flow plus a delay of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address

import numpy as np

FLOW = np.dtype(
    [
        ("start_ms", "i8"),
        ("end_ms", "i8"),
        ("written_ms", "i8"),
        ("src", "i4"),  # index into Network.addresses
        ("dst", "i4"),
        ("src_port", "i4"),
        ("dst_port", "i4"),
        ("service", "i2"),  # index into SERVICES
        ("state", "i2"),  # index into STATES
        ("octets_out", "i8"),
        ("packets_out", "i8"),
        ("octets_in", "i8"),
        ("packets_in", "i8"),
    ]
)
STATES = ("SF", "S0", "REJ", "RSTO")
_STATE_WEIGHTS = (0.93, 0.035, 0.015, 0.02)
_NO_ANSWER = (1, 2)  # S0, REJ: nothing comes back
_IPV6_INSIDE, _IPV6_OUTSIDE = IPv6Address("2001:db8::"), IPv6Address("2001:db8:ffff::")
BLOCK_FLOWS = 100_000
EXPORTER_STUCK_MS = 120_000


@dataclass(frozen=True)
class Service:
    """One row of the port mix; sizes are the medians of log-normal distributions, in octets."""

    name: str
    protocol: str
    port: int
    octets_out: float
    octets_in: float
    duration_s: float


SERVICES = (
    Service("tls", "tcp", 443, 1_800, 9_000, 2.0),
    Service("quic", "udp", 443, 2_000, 12_000, 3.0),
    Service("dns", "udp", 53, 70, 160, 0.02),
    Service("http", "tcp", 80, 700, 6_000, 0.8),
    Service("smb", "tcp", 445, 6_000, 8_000, 6.0),
    Service("imap", "tcp", 993, 900, 4_000, 4.0),
    Service("ssh", "tcp", 22, 3_000, 4_000, 30.0),
    Service("ntp", "udp", 123, 76, 76, 0.03),
    Service("ipp", "tcp", 631, 20_000, 800, 3.0),
    Service("", "icmp", 0, 84, 84, 0.01),
    Service("", "tcp", 0, 40, 0, 0.001),  # a bare connection attempt, as scanners make
    Service("", "udp", 0, 1_000, 0, 0.001),  # unidentified UDP, as floods are made of
)
_INDEX = {service.name: i for i, service in enumerate(SERVICES) if service.name}
ICMP, ATTEMPT, UNIDENTIFIED_UDP = 9, 10, 11
INTERNAL = ("smb", "imap", "ssh")

_MIX = {
    "client": {"tls": 42, "quic": 12, "dns": 25, "http": 6, "smb": 6, "imap": 4, "ssh": 1, "ntp": 2, "ipp": 2},
    "server": {"tls": 30, "dns": 30, "smb": 20, "ntp": 10, "ssh": 10},
    "printer": {"dns": 50, "ntp": 50},
    "resolver": {"dns": 90, "ntp": 10},
}
ROLES = tuple(_MIX)
_ACTIVITY = {"client": 1.0, "server": 2.0, "printer": 0.05, "resolver": 3.0}


class Network:
    """Hosts with roles and addresses, and the outside world they talk to."""

    def __init__(self, hosts: int, rng: np.random.Generator) -> None:
        if hosts < 10:
            raise ValueError(f"a network needs at least 10 hosts, got {hosts}")
        self.hosts = hosts
        resolvers, printers, servers = max(1, hosts // 100), max(1, hosts // 20), max(2, hosts // 10)
        self.roles = np.zeros(hosts, dtype="i4")
        self.roles[:servers] = ROLES.index("server")
        self.roles[servers : servers + printers] = ROLES.index("printer")
        self.roles[servers + printers : servers + printers + resolvers] = ROLES.index("resolver")
        self.outside = max(200, 10 * hosts)
        # Every seventh host speaks IPv6. The outside lives in the ranges reserved for benchmarks and documentation.
        inside = [
            str(_IPV6_INSIDE + i) if i % 7 == 6 else f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"
            for i in range(1, hosts + 1)
        ]
        outside = [
            str(_IPV6_OUTSIDE + i) if i % 6 == 5 else f"198.{18 + (i >> 16 & 1)}.{i >> 8 & 255}.{i & 255}"
            for i in range(1, self.outside + 1)
        ]
        self.addresses = np.array(inside + outside, dtype=object)
        weight = rng.lognormal(0.0, 0.4, hosts) * np.array([_ACTIVITY[role] for role in ROLES])[self.roles]
        self._cumulative_weight = np.cumsum(weight / weight.sum())
        self._mix = np.zeros((len(ROLES), len(SERVICES)))
        for row, role in enumerate(ROLES):
            for name, share in _MIX[role].items():
                self._mix[row, _INDEX[name]] = share
        self._mix = np.cumsum(self._mix / self._mix.sum(axis=1, keepdims=True), axis=1)

    def of_role(self, role: str) -> np.ndarray:
        """Indices of the hosts with this role."""
        return np.flatnonzero(self.roles == ROLES.index(role))

    def typical(self, role: str, rank: int = 0) -> int:
        """The host of a role whose activity is `rank` places from the median: busy enough to have a baseline."""
        hosts = self.of_role(role)
        weight = np.diff(self._cumulative_weight, prepend=0.0)[hosts]
        return int(hosts[np.argsort(weight, kind="stable")][(len(hosts) // 2 + rank) % len(hosts)])

    def flows(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """`count` flows of everyday traffic, shape (count,) of FLOW, without times."""
        flows = np.zeros(count, dtype=FLOW)
        src = np.minimum(np.searchsorted(self._cumulative_weight, rng.random(count)), self.hosts - 1)
        service = (rng.random(count)[:, None] > self._mix[self.roles[src]]).sum(axis=1)
        flows["src"], flows["service"] = src, service
        flows["dst"] = self._destinations(src, service, rng)
        flows["src_port"] = rng.integers(32_768, 61_000, count)
        flows["dst_port"] = np.array([s.port for s in SERVICES])[service]
        state = np.searchsorted(np.cumsum(_STATE_WEIGHTS), rng.random(count))
        flows["state"] = np.where(np.array([s.protocol for s in SERVICES])[service] == "tcp", state, 0)
        set_sizes(flows, rng)
        return flows

    def _destinations(self, src: np.ndarray, service: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        # Popularity outside follows a power law, half of it each host's own: rank 1 is another site for each.
        count = len(src)
        rank = np.minimum(rng.zipf(1.25, count), 1 << 40)
        own = rng.random(count) < 0.5
        dst = self.hosts + np.where(own, rank + src * 37, rank) % self.outside
        for names, role in ((("dns",), "resolver"), (INTERNAL, "server"), (("ipp",), "printer")):
            pool = self.of_role(role)
            inside = np.isin(service, [_INDEX[name] for name in names])
            inside &= self.roles[src] != ROLES.index("resolver")
            dst = np.where(inside, pool[(src + rng.zipf(2.0, count) - 1) % len(pool)], dst)
        return dst


def set_sizes(flows: np.ndarray, rng: np.random.Generator) -> None:
    """Fill octets, packets and durations (into start_ms, as a negative offset) by service, in place."""
    service, count = flows["service"], len(flows)
    medians = {
        name: np.array([getattr(s, name) for s in SERVICES]) for name in ("octets_out", "octets_in", "duration_s")
    }
    for direction in ("out", "in"):
        octets = medians[f"octets_{direction}"][service] * rng.lognormal(0.0, 1.1, count)
        flows[f"octets_{direction}"] = np.clip(octets, 40, 5e9)
    unanswered = np.isin(flows["state"], _NO_ANSWER) | (medians["octets_in"][service] == 0)
    flows["octets_out"] = np.where(unanswered & (flows["state"] != 0), 60, flows["octets_out"])
    flows["octets_in"] = np.where(unanswered, 0, flows["octets_in"])
    flows["packets_out"] = flows["octets_out"] // 700 + 1
    flows["packets_in"] = np.where(unanswered, 0, flows["octets_in"] // 900 + 1)
    duration = np.clip(medians["duration_s"][service] * rng.lognormal(0.0, 1.2, count), 0, 1_800)
    flows["start_ms"] = -(1_000 * np.where(unanswered, 0.001, duration)).astype("i8")


def set_times(flows: np.ndarray, end_ms: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Place flows at their ends and at the moments when the exporter writes them; returns them."""
    count = len(flows)
    flows["end_ms"] = end_ms
    flows["start_ms"] += flows["end_ms"]
    kind = rng.random(count)
    delay = np.where(kind < 0.9, rng.exponential(300, count), rng.uniform(0, 10_000, count))
    delay = np.where(kind < 0.9995, delay, rng.uniform(20_000, EXPORTER_STUCK_MS, count))
    flows["written_ms"] = flows["end_ms"] + delay.astype("i8")
    return flows


def intensity(end_ms: np.ndarray | float) -> np.ndarray:
    """Relative traffic at a time (UTC): by day busiest at 13:00, at night a third, at the weekend under half."""
    hours = np.asarray(end_ms) / 3_600_000.0
    day = np.floor(hours / 24.0)
    daylight = np.clip(np.sin(np.pi * (hours % 24.0 - 6.0) / 14.0), 0.0, 1.0)
    weekend = (day + 3) % 7 >= 5  # 1970-01-01 was a Thursday
    return (0.35 + 0.65 * daylight) * np.where(weekend, 0.45, 1.0)


def traffic(
    network: Network,
    *,
    start_ms: int,
    duration_ms: int,
    rate: float,
    rng: np.random.Generator,
    planted: np.ndarray,
    silences: list[tuple[int, int, int]],
) -> Iterator[np.ndarray]:
    """Blocks of flows in the order written; `rate` is flows per second at the busiest hour.

    `planted` are flows to mix in, `silences` are (host, from_ms, to_ms) in which a host sends nothing.
    """
    step_ms = max(1_000, int(1_000 * BLOCK_FLOWS / rate))
    waiting = planted
    for block_ms in range(start_ms, start_ms + duration_ms, step_ms):
        block_end_ms = min(block_ms + step_ms, start_ms + duration_ms)
        seconds = (block_end_ms - block_ms) / 1_000
        offered = rng.poisson(rate * seconds)
        end_ms = np.sort(rng.integers(block_ms, block_end_ms, offered))
        end_ms = end_ms[rng.random(offered) < intensity(end_ms)]
        flows = set_times(network.flows(len(end_ms), rng), end_ms, rng)
        for host, from_ms, to_ms in silences:
            flows = flows[(flows["src"] != host) | (flows["end_ms"] < from_ms) | (flows["end_ms"] >= to_ms)]
        waiting = np.concatenate([waiting, flows])
        ready = waiting["written_ms"] < block_end_ms
        yield _in_order_written(waiting[ready])
        waiting = waiting[~ready]
    yield _in_order_written(waiting)


def _in_order_written(flows: np.ndarray) -> np.ndarray:
    return flows[np.argsort(flows["written_ms"], kind="stable")]

"""What hosts do next, and what is unusual for them: services and destinations, learned online and slowly forgotten."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from typing import Any, NamedTuple, get_args, get_type_hints

from udfs.anomaly_explanation import ItemSet, Part, parts
from udfs.learners.behaviour_model import Counts, Model, Past, load, save
from udfs.learners.chains import Chain, Frequencies, largest, last_service
from udfs.learners.learner import Learner

Transition = tuple[str, str | None, str, str, int]
# Smaller weights are dropped: of a flow, after four half-lives.
_SMALLEST = 0.05
# All hosts together may have so many times what is remembered of one.
_ALL = 100
# The usual surprise falls while flows are learned, so it is forgotten faster: half of it after so many windows.
_USUAL_HALF_LIFE = 36.0
# From this share of an unusual excess on, a window is not learned: the start of an attack must not hide the rest.
_DOUBTFUL = 0.5
# Parts of the excess are reported from this share on, and at most so many.
_MIN_SHARE, _MOST_PARTS = 0.1, 3


class Settings(NamedTuple):
    """`half_life`, `forget_after`, `min_windows` and `patience` count windows.

    `half_life`: time after which a flow weighs half. `forget_after`: time after which a silent host is forgotten.
    `max_steps`, `max_peers`: pairs of services, and destinations, remembered per host. `min_flows`: decayed flow count
    from which on a host has a past. `min_windows`: windows with a past before a host can be unusual. A window of at
    least `least_flows` flows is unusual if its surprise exceeds the usual one by `threshold` spreads and by `min_bits`
    per flow. A window that reaches half of that is not learned, so that an attack stays unusual, until a host has had
    `patience` of them in a row.
    """

    half_life: float = 288.0
    max_hosts: int = 10_000
    max_steps: int = 200
    max_peers: int = 200
    min_flows: float = 20.0
    min_windows: float = 12.0
    threshold: float = 4.0
    least_flows: int = 5
    min_bits: float = 2.0
    patience: int = 12
    forget_after: int = 2016
    window_ms: int = 300_000


class Window(NamedTuple):
    """A host's flows in a window: by (previous service, service, destination), by step, and by destination."""

    flows: Counter[tuple[str, str, str]]
    steps: Counter[tuple[str, str]]
    peers: Counter[str]


class Finding(NamedTuple):
    """A service predicted next for a host, or a window in which it is unusual (`kind`); fields of the other are None.

    The scores, `hits_1` to `frequency_log_loss`, are of earlier predictions for the flows of this window; only the
    finding of rank 1 has them. Losses and `bits` are in bits per flow.
    """

    kind: str
    host: str
    flow_count: int | None = None
    rank: int | None = None
    previous: str | None = None
    service: str | None = None
    probability: float | None = None
    hits_1: int | None = None
    hits_3: int | None = None
    log_loss: float | None = None
    frequency_hits_1: int | None = None
    frequency_hits_3: int | None = None
    frequency_log_loss: float | None = None
    dst_addr: str | None = None
    score: float | None = None
    bits: float | None = None
    usual_bits: float | None = None
    spread: float | None = None
    why: str | None = None
    service_first_of: str | None = None
    dst_addr_first_of: str | None = None
    dropped_host_count: int = 0
    dropped_step_count: int = 0
    dropped_peer_count: int = 0


class Surprise:
    """How surprising a window's flows are, in bits: their services, given the previous ones, and their destinations."""

    def __init__(self, window: Window, chain: Chain, peers: Frequencies) -> None:
        of_step = {(previous, name): -math.log2(chain.probability(name, previous)) for previous, name in window.steps}
        of_peer = {peer: -math.log2(peers.probability(peer)) for peer in window.peers}
        self._flows = [
            (service, peer, count, of_step[previous, service] + of_peer[peer])
            for (previous, service, peer), count in window.flows.items()
        ]
        self.flows = sum(window.steps.values())
        self.log_loss = sum(count * of_step[step] for step, count in window.steps.items()) / self.flows
        self.bits = self.log_loss + sum(count * of_peer[peer] for peer, count in window.peers.items()) / self.flows

    def excess(self, usual_bits: float) -> tuple[list[Part], str, str]:
        """(parts of the excess over the usual, the service and the destination with most of the first part)."""
        pairs: dict[ItemSet, float] = defaultdict(float)
        for service, peer, count, bits in self._flows:
            pairs[ItemSet(peer, service=service)] += count * max(bits - usual_bits, 0.0)
        sets: dict[ItemSet, float] = defaultdict(float, pairs)
        for pair, bits in pairs.items():
            for wider in (ItemSet(), ItemSet(pair.dst_addr), ItemSet(service=pair.service)):
                sets[wider] += bits
        largest_parts = parts([list(sets.items())], 1, min_share=_MIN_SHARE, most=_MOST_PARTS)
        of_first = largest_parts[0].item_set.items if largest_parts else set()
        held = {(pair.service, pair.dst_addr): bits for pair, bits in pairs.items() if of_first <= pair.items}
        [((service, peer), _)] = largest(held, 1)
        return largest_parts, service, peer


def step(
    model: Model, window_end_ms: int, transitions: Iterable[Transition], settings: Settings
) -> tuple[Model, list[Finding]]:
    """Find what is unusual in a window by what was before it, learn from it, and predict what comes next.

    `transitions` are (host, previous service or None, service, destination, how many flows).
    """
    now = window_end_ms // settings.window_ms
    everyone = _faded(model.everyone, now, settings)
    chain, peers = Chain(everyone.steps), Frequencies(everyone.peers)
    hosts = {host: past for host, past in model.hosts.items() if now - past.window < settings.forget_after}
    windows, scores, found, dropped = _by_host(transitions), {}, [], Counter()
    steps_of_all, peers_of_all = Counter(), Counter()
    for host, window in windows.items():
        past = _faded(hosts.get(host, Past()), now, settings)
        past = past._replace(last=last_service(window.steps, past.last))
        if past.flows >= settings.min_flows:
            own = Chain(past.steps, chain)
            surprise = Surprise(window, own, Frequencies(past.peers, peers))
            scores[host] = _scores(window, own, surprise)
            share = _share_of_unusual(past, surprise, settings)
            if share >= 1:
                found.append(_unusual(host, past, surprise, everyone))
            past = past._replace(doubtful=past.doubtful + 1 if share >= _DOUBTFUL else 0)
            if 0 < past.doubtful <= settings.patience:
                hosts[host] = past
                continue
            past = _with_surprise(past, surprise)
        steps_of_all.update(window.steps)
        peers_of_all.update(window.peers)
        hosts[host] = _with_flows(past, window.steps, window.peers, settings, dropped)
    everyone = _with_flows(everyone, steps_of_all, peers_of_all, settings, dropped, times=_ALL)
    chain = Chain(everyone.steps)
    for host in windows:
        if hosts[host].flows >= settings.min_flows:
            found += _next(host, hosts[host], chain, scores.get(host, {}))
    hosts = _busiest(hosts, now, settings, dropped)
    return Model(hosts, everyone), [finding._replace(**dropped) for finding in found]


def _by_host(transitions: Iterable[Transition]) -> dict[str, Window]:
    windows: dict[str, Window] = defaultdict(lambda: Window(Counter(), Counter(), Counter()))
    # Sorted, since sums of floats depend on their order.
    ordered = sorted(
        (host, previous or "", service, peer, count) for host, previous, service, peer, count in transitions
    )
    for host, previous, service, peer, count in ordered:
        window = windows[host]
        window.flows[previous, service, peer] += count
        window.steps[previous, service] += count
        window.peers[peer] += count
    return windows


def _scores(window: Window, chain: Chain, surprise: Surprise) -> dict[str, float]:
    steps, frequent = window.steps, [name for name, _ in chain.frequent]
    after = {previous: [name for name, _ in chain.most_probable(previous)] for previous, _ in steps}
    bits = sum(-count * math.log2(chain.frequencies.probability(service)) for (_, service), count in steps.items())
    return {
        "flow_count": surprise.flows,
        "hits_1": sum(count for (previous, service), count in steps.items() if service in after[previous][:1]),
        "hits_3": sum(count for (previous, service), count in steps.items() if service in after[previous]),
        "log_loss": surprise.log_loss,
        "frequency_hits_1": sum(count for (_, service), count in steps.items() if service in frequent[:1]),
        "frequency_hits_3": sum(count for (_, service), count in steps.items() if service in frequent),
        "frequency_log_loss": bits / surprise.flows,
    }


def _next(host: str, past: Past, chain: Chain, scores: dict[str, float]) -> Iterator[Finding]:
    for rank, (service, probability) in enumerate(Chain(past.steps, chain).most_probable(past.last), start=1):
        finding = Finding("next", host, rank=rank, previous=past.last, service=service, probability=probability)
        yield finding._replace(**scores) if rank == 1 else finding


def _share_of_unusual(past: Past, surprise: Surprise, settings: Settings) -> float:
    """The excess of a window over the usual, as a share of an unusual excess; 0 where nothing is usual yet."""
    if past.windows < settings.min_windows or surprise.flows < settings.least_flows:
        return 0.0
    return (surprise.bits - past.bits) / max(settings.threshold * past.spread(surprise.flows), settings.min_bits)


def _unusual(host: str, past: Past, surprise: Surprise, everyone: Past) -> Finding:
    excess, service, peer = surprise.excess(past.bits)
    spread = past.spread(surprise.flows)
    return Finding(
        "unusual", host, surprise.flows, service=service, dst_addr=peer,
        score=(surprise.bits - past.bits) / spread, bits=surprise.bits, usual_bits=past.bits, spread=spread,
        why="; ".join(f"{part.share * 100:.0f} % of the excess: {part.item_set}" for part in excess) or "small parts",
        service_first_of=_first_of(service, *({name for _, name in known.steps} for known in (past, everyone))),
        dst_addr_first_of=_first_of(peer, past.peers, everyone.peers),
    )  # fmt: skip


def _first_of(name: str, own: Container[str], of_all: Container[str]) -> str | None:
    return None if name in own else "host" if name in of_all else "anyone"


def _with_surprise(past: Past, surprise: Surprise) -> Past:
    """The past with the surprise of a window in its mean and variance, forgetting (West, Updating mean and variance
    estimates, 1979); the variance is that of a flow, as if flows were independent.
    """
    windows = past.windows * 0.5 ** (1 / _USUAL_HALF_LIFE) + 1
    more = surprise.bits - past.bits
    return past._replace(
        windows=windows,
        bits=past.bits + more / windows,
        variance=(1 - 1 / windows) * (past.variance + surprise.flows * more**2 / windows),
        flows_each=past.flows_each + (surprise.flows - past.flows_each) / windows,
    )


def _faded(past: Past, now: int, settings: Settings) -> Past:
    fades = 0.5 ** ((now - past.window) / settings.half_life)
    steps, peers = (
        {key: fades * count for key, count in counts.items() if fades * count >= _SMALLEST}
        for counts in (past.steps, past.peers)
    )
    return past._replace(window=now, steps=steps, peers=peers)


def _with_flows(past: Past, steps: Counts, peers: Counts, settings: Settings, dropped: Counter, times: int = 1) -> Past:
    steps = _summed(past.steps, steps, times * settings.max_steps, dropped, "dropped_step_count")
    peers = _summed(past.peers, peers, times * settings.max_peers, dropped, "dropped_peer_count")
    return past._replace(steps=steps, peers=peers)


def _summed(old: Counts, new: Counts, most: int, dropped: Counter, name: str) -> Counts:
    summed = dict(old)
    for key, count in new.items():
        summed[key] = summed.get(key, 0.0) + count
    dropped[name] += max(len(summed) - most, 0)
    return summed if len(summed) <= most else dict(largest(summed, most))


def _busiest(hosts: dict[str, Past], now: int, settings: Settings, dropped: Counter) -> dict[str, Past]:
    dropped["dropped_host_count"] = max(len(hosts) - settings.max_hosts, 0)
    if not dropped["dropped_host_count"]:
        return hosts
    flows = {host: past.flows * 0.5 ** ((now - past.window) / settings.half_life) for host, past in hosts.items()}
    return {host: hosts[host] for host, _ in largest(flows, settings.max_hosts)}


def learn(model: Model | None, row: dict[str, Any]) -> tuple[Model, Iterator[tuple]]:
    """A step over a row of the view learned_behaviour, for Flink: settings, and transitions in JSON."""
    minutes = row["window_ms"] / 60_000
    settings = Settings(
        half_life=row["half_life_minutes"] / minutes,
        max_hosts=row["max_hosts"],
        max_steps=row["max_steps"],
        max_peers=row["max_peers"],
        min_flows=row["min_flows"],
        min_windows=row["min_windows"],
        threshold=row["threshold"],
        least_flows=row["least_flows"],
        min_bits=row["min_bits"],
        patience=row["patience"],
        forget_after=round(row["forget_hours"] * 60 / minutes),
        window_ms=row["window_ms"],
    )
    transitions = json.loads(row["transitions"])
    model, found = step(model or Model(), row["window_end_ms"], transitions, settings)
    start_ms, dropped = row["window_end_ms"] - row["window_ms"], row["transition_count"] - len(transitions)
    return model, ((start_ms, row["window_end_ms"], *finding, dropped) for finding in found)


_SQL = {str: "STRING", int: "BIGINT", float: "DOUBLE"}
learner = Learner(
    name="behaviour",
    learned="what is usual for hosts",
    version=1,
    step=learn,
    save=save,
    load=load,
    columns=(
        ("window_start_ms", "BIGINT"),
        ("window_end_ms", "BIGINT"),
        *((name, _SQL[(*get_args(kind), kind)[0]]) for name, kind in get_type_hints(Finding).items()),
        ("dropped_transition_count", "BIGINT"),
    ),
)

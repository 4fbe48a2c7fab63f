"""Probabilities of the next service, from counts of what followed what: of one host, backing off to all hosts."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

# Flows until own counts weigh as much as what is backed off to: of 1 to 40, within 0.02 bits per flow of the best
# on Markov chains, where fewer are better, and within 0.08 on independent services, where more are.
STRENGTH = 10.0
RANKS = 3


def largest(values: Mapping[Any, float], most: int) -> list[tuple[Any, float]]:
    """The largest values with their names, the first by name of equal ones."""
    return heapq.nsmallest(most, values.items(), key=lambda item: (-item[1], item[0]))


class Frequencies:
    """Probabilities of names by how often they were, backing off to others' as a `prior`, or to all being alike.

    Dirichlet smoothing, (count + strength * prior) / (total + strength) (MacKay and Peto, A hierarchical Dirichlet
    language model, 1995). Without a strength it is the number of names (Witten and Bell, The zero-frequency problem,
    1991): who met many will meet more. Probabilities sum to 1 over the names of the last prior and an unknown one.

    >>> seen = Frequencies({"dns": 3.0, "tls": 1.0}, strength=2)
    >>> [round(seen.probability(name), 3) for name in ("dns", "tls", "unknown")]
    [0.611, 0.278, 0.111]
    """

    def __init__(
        self, counts: Mapping[str, float], prior: Frequencies | None = None, strength: float | None = None
    ) -> None:
        self.counts, self.total, self._prior = counts, sum(counts.values()), prior
        self._strength = max(len(counts), 1) if strength is None else strength

    def probability(self, name: str) -> float:
        prior = self._prior.probability(name) if self._prior else 1 / (len(self.counts) + 1)
        return (self.counts.get(name, 0.0) + self._strength * prior) / (self.total + self._strength)


class Chain:
    """Probabilities of the next service, of a host with the chain of all hosts as its `prior`, or of all hosts.

    From how often what came after the previous one, backing off to how often it came at all, then to the prior, last to
    all services being alike. `steps` are flows by (previous service, service).

    >>> everyone = Chain({("dns", "tls"): 9.0, ("tls", "dns"): 8.0})
    >>> [(name, round(p, 2)) for name, p in Chain({("", "dns"): 1.0}, everyone).most_probable("dns")]
    [('tls', 0.65), ('dns', 0.29)]
    """

    def __init__(self, steps: Mapping[tuple[str, str], float], prior: Chain | None = None) -> None:
        services: dict[str, float] = defaultdict(float)
        after: dict[str, dict[str, float]] = defaultdict(dict)
        for (previous, service), weight in steps.items():
            services[service] += weight
            after[previous][service] = weight
        self._prior = prior
        self._after: dict[str | None, tuple[dict[str, float], float]] = {
            previous: (counts, sum(counts.values())) for previous, counts in after.items()
        }
        self.frequencies = Frequencies(services, prior and prior.frequencies, STRENGTH)
        names = {*services, *(name for name, _ in prior.frequent)} if prior else services
        self.frequent = largest({name: self.frequencies.probability(name) for name in names}, RANKS)
        self._most_probable: dict[str | None, list[tuple[str, float]]] = {}

    def probability(self, service: str, previous: str | None) -> float:
        """P(service | previous), which sums to 1 over the services of all hosts and an unknown one."""
        own = self.frequencies
        prior = self._prior.probability(service, previous) if self._prior else 1 / (len(own.counts) + 1)
        alone = (own.counts.get(service, 0.0) + STRENGTH * prior) / (own.total + STRENGTH)
        counts, total = self._after.get(previous, ({}, 0.0))
        return (counts.get(service, 0.0) + STRENGTH * alone) / (total + STRENGTH)

    def knows(self, previous: str | None) -> bool:
        """Whether anything came after it."""
        return previous in self._after or (self._prior is not None and self._prior.knows(previous))

    def most_probable(self, previous: str | None) -> list[tuple[str, float]]:
        """The next services with their probabilities, RANKS of them, the first by name of equal ones."""
        # What nothing came after is all one: a port scan has thousands.
        previous = previous if self.knows(previous) else None
        if previous not in self._most_probable:
            # Of what has no count of its own here, the order is that of what is backed off to.
            if self._prior:
                names = {*self.frequencies.counts, *(name for name, _ in self._prior.most_probable(previous))}
            else:
                names = {*self._after.get(previous, ({},))[0], *(name for name, _ in self.frequent)}
            self._most_probable[previous] = largest({name: self.probability(name, previous) for name in names}, RANKS)
        return self._most_probable[previous]


def last_service(steps: Mapping[tuple[str, str], int], before: str) -> str:
    """Where a walk of these steps ends: at what is come to once more than it is left, else where it began, `before`.

    >>> last_service({("", "dns"): 1, ("dns", "tls"): 2, ("tls", "dns"): 1}, "")
    'tls'
    >>> last_service({("dns", "tls"): 1, ("tls", "dns"): 1}, "dns")
    'dns'
    """
    surplus: dict[str, int] = defaultdict(int)
    for (previous, service), count in steps.items():
        surplus[previous] -= count
        surplus[service] += count
    [(service, more)] = largest(surplus, 1)
    return before if before and more <= 0 else service

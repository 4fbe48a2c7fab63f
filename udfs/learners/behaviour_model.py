"""What is remembered of how hosts behave, and the same as plain data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

Counts = Mapping[Any, float]
_NONE: dict = {}
# In bits per flow: the least usual deviation of a host.
_SMALLEST_SPREAD = 0.5
# Numbers of a past, with the types in which they are saved.
_NUMBERS = {"window": "i8", "windows": "f8", "bits": "f8", "variance": "f8", "flows_each": "f8", "doubtful": "i8"}


class Past(NamedTuple):
    """What is remembered of a host, or of all hosts, as of a window; flows weigh less as time passes.

    `steps`: flows by (previous service, service), "" for no previous one. `peers`: flows by destination. `last`: the
    service of the last flow. `windows`: decayed number of windows with a past; `bits`: mean of their surprise, in bits
    per flow; `variance`: variance of the surprise of one flow; `flows_each`: mean of their flow counts. `doubtful`:
    windows in a row that were nearly unusual.
    """

    window: int = 0
    last: str = ""
    steps: Counts = _NONE
    peers: Counts = _NONE
    windows: float = 0.0
    bits: float = 0.0
    variance: float = 0.0
    flows_each: float = 0.0
    doubtful: int = 0

    @property
    def flows(self) -> float:
        return sum(self.steps.values())

    def spread(self, flows: int) -> float:
        """The usual deviation of a window of so many flows from `bits`: larger for fewer flows than usual."""
        return max(math.sqrt(self.variance / min(flows, self.flows_each)), _SMALLEST_SPREAD)


class Model(NamedTuple):
    """The past of hosts by name, and of all of them."""

    hosts: Mapping[str, Past] = _NONE
    everyone: Past = Past()


def save(model: Model) -> dict[str, Any]:
    """A model as plain data: rows are the past of everyone, then those of `hosts`, in order.

    Services and destinations are indices of `names`. `steps`, shape (n, 2), and `peers` are those of all pasts one
    after the other, `steps_each` and `peers_each` of a past.
    """
    pasts = [model.everyone, *model.hosts.values()]
    last = [past.last for past in pasts]
    steps = [service for past in pasts for step in past.steps for service in step]
    peers = [peer for past in pasts for peer in past.peers]
    numbers = {name: number for number, name in enumerate(dict.fromkeys([*last, *steps, *peers]))}
    return {
        "hosts": list(model.hosts),
        "names": list(numbers),
        **{name: np.array([getattr(past, name) for past in pasts], kind) for name, kind in _NUMBERS.items()},
        "last": np.array([*map(numbers.__getitem__, last)], "i4"),
        "steps": np.array([*map(numbers.__getitem__, steps)], "i4").reshape(-1, 2),
        "steps_flows": np.array([flows for past in pasts for flows in past.steps.values()], "f8"),
        "steps_each": np.array([len(past.steps) for past in pasts], "i4"),
        "peers": np.array([*map(numbers.__getitem__, peers)], "i4"),
        "peers_flows": np.array([flows for past in pasts for flows in past.peers.values()], "f8"),
        "peers_each": np.array([len(past.peers) for past in pasts], "i4"),
    }


def load(_version: int, content: dict[str, Any]) -> Model:
    """The model that `save` gave."""

    def named(numbers: np.ndarray) -> Iterator[str]:
        return map(content["names"].__getitem__, numbers.tolist())

    def each(name: str, keys: Iterable[Any]) -> Iterator[dict]:
        counted = zip(keys, content[f"{name}_flows"].tolist())
        return (dict(islice(counted, size)) for size in content[f"{name}_each"].tolist())

    fields = {
        **{name: content[name].tolist() for name in _NUMBERS},
        "last": named(content["last"]),
        "steps": each("steps", zip(*map(named, content["steps"].T))),
        "peers": each("peers", named(content["peers"])),
    }
    everyone, *pasts = (Past(**dict(zip(fields, values))) for values in zip(*fields.values()))
    return Model(dict(zip(content["hosts"], pasts)), everyone)

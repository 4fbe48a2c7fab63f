"""A learner's state as octets without code: numpy arrays and simple values, under a learner's name and a version.

The octets are MAGIC, one line of JSON (name, version, simple values, type and shape of each array), then the arrays'
own octets one after the other. Nothing in them depends on where a class or a function is.
"""

from __future__ import annotations

import json
import math
from typing import Any, NamedTuple

import numpy as np

MAGIC = b"flowsift learner state\n"


class State(NamedTuple):
    """`content` is by name: numpy arrays, and what JSON can hold, with text as keys; tuples come back as lists."""

    name: str
    version: int
    content: dict[str, Any]


def packed(state: State) -> bytes:
    """A state as octets; the same state always gives the same. Raises TypeError for what is not plain.

    >>> unpacked(packed(State("mine", 1, {"seen": np.arange(3), "hosts": ["a", "b"]}))).content
    {'hosts': ['a', 'b'], 'seen': array([0, 1, 2])}
    """
    arrays = {name: value for name, value in state.content.items() if isinstance(value, np.ndarray)}
    if objects := [name for name, array in arrays.items() if array.dtype.hasobject or array.dtype.names]:
        raise TypeError(f"arrays of numbers or text can be saved, not of objects or records: {', '.join(objects)}")
    if _has_other_keys(state.content):
        raise TypeError("keys of what is saved must be text, since they would come back as text")
    head = {
        "name": state.name,
        "version": state.version,
        "values": {name: value for name, value in state.content.items() if name not in arrays},
        "arrays": {name: [array.dtype.str, array.shape] for name, array in arrays.items()},
    }
    # JSON has no line break of its own inside one line.
    line = json.dumps(head, separators=(",", ":")).encode()
    return b"".join([MAGIC, line, b"\n", *(array.tobytes() for array in arrays.values())])


def unpacked(saved: bytes) -> State:
    """The state in octets that `packed` gave; raises ValueError where they are not a state, or of another length."""
    if not saved.startswith(MAGIC):
        raise ValueError("its octets are not a learner's state")
    end = saved.find(b"\n", len(MAGIC))
    try:
        return _state(json.loads(saved[len(MAGIC) : end]), saved, end + 1)
    except (AttributeError, KeyError, OverflowError, TypeError) as error:
        raise ValueError("the head of a learner's state is damaged") from error


def _state(head: dict[str, Any], saved: bytes, start: int) -> State:
    """The state of a head; its arrays begin at `start`. Raises errors of many types for a damaged one."""
    name, version, arrays = head["name"], head["version"], {}
    if not (isinstance(name, str) and isinstance(version, int)):
        raise TypeError("a state has a name, which is text, and a version, which is a whole number")
    for array_name, (kind, shape) in head["arrays"].items():
        array = np.frombuffer(saved, kind, count=math.prod(shape), offset=start).reshape(shape)
        start += array.nbytes
        arrays[array_name] = array.copy()  # aligned, and writable as any other
    if start != len(saved):
        raise ValueError("its octets are more than its arrays")
    return State(name, version, head["values"] | arrays)


def _has_other_keys(value: Any) -> bool:
    """Whether a key at any depth is not text; JSON would turn 1, 1.5, True and None into text."""
    if isinstance(value, dict):
        return not all(isinstance(key, str) for key in value) or any(map(_has_other_keys, value.values()))
    # Lists are long and mostly of text or numbers, for which a call each would take long.
    nested = (dict, list, tuple)
    return isinstance(value, (list, tuple)) and any(_has_other_keys(item) for item in value if isinstance(item, nested))

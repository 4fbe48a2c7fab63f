"""Kinds of parameters: what the header of a SQL file says a value must be, checked before a job starts.

A line of a header is `-- params: NAME  KIND: meaning`. The kinds are

    number, number above A, number from A, number from A to B
    whole number from A, whole number from A to B, whole number from A to B that divides N, or … that is a multiple of N
    share in (0, 1)            with [ or ] where the bound itself is allowed
    one of a, b, c
    networks                   CIDRs by comma, IPv4 or IPv6
    numbers by all | service * NAME=NUMBER by comma, each name like one of these patterns
    regular expression
    text
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_network

from flowsift.errors import UserError

KINDS = "number, whole number, share in (0, 1), one of …, networks, numbers by …, regular expression, text"
_NUMBER = r"-?\d+(?:\.\d+)?"
_WHOLE = r"-?\d+"


@dataclass(frozen=True)
class Kind:
    """What a value must be: `description` for people, and an `example`."""

    description: str
    accepts: Callable[[str], bool]
    example: str

    def check(self, name: str, value: str) -> None:
        """Raise UserError, naming the parameter, unless the value is of this kind."""
        if not self.accepts(value):
            raise UserError(f"--set {name}: expected {self.description}, got {value!r}")


def kind_of(meaning: str) -> Kind:
    """The kind that a meaning in a header begins with, up to a colon; raises ValueError where it names none."""
    text = " ".join(meaning.partition(": ")[0].split())
    for pattern, kind in _KINDS:
        if match := re.fullmatch(pattern, text):
            return kind(text, match)
    raise ValueError(f"{text!r} is no kind of parameter; begin with one of: {KINDS}")


def _number(value: str) -> float:
    """The number that a value is, as SQL reads it too; NaN where it is none."""
    return float(value) if re.fullmatch(_NUMBER, value, re.A) else math.nan


def _numbers(text: str, match: re.Match) -> Kind:
    least, most = float(match["least"] or -math.inf), float(match["most"] or math.inf)
    divided = int(match["divided"]) if match["divided"] else None
    factor = int(match["factor"] or 1)

    def accepts(value: str) -> bool:
        number = _number(value)
        if match["whole"] and not re.fullmatch(_WHOLE, value, re.A):
            return False
        if divided is not None and (number < 1 or divided % int(number)):
            return False
        if factor > 1 and number % factor:
            return False
        return least <= number <= most and not (match["bound"] == "above" and number == least)

    lowest = least if math.isfinite(least) else 1.0
    return Kind(f"a {text}", accepts, f"{lowest + (match['bound'] == 'above'):g}")


def _share(text: str, match: re.Match) -> Kind:
    least, most = float(match["least"]), float(match["most"])

    def accepts(value: str) -> bool:
        number = _number(value)
        above = number >= least if match["open"] == "[" else number > least
        return above and (number <= most if match["close"] == "]" else number < most)

    return Kind(f"a {text}", accepts, f"{(least + most) / 2:g}")


def _choice(text: str, match: re.Match) -> Kind:
    choices = re.split(r",\s*", match["choices"])
    return Kind(text, choices.__contains__, choices[0])


def _networks(_text: str, _match: re.Match) -> Kind:
    def accepts(value: str) -> bool:
        try:
            return bool([ip_network(part.strip()) for part in value.split(",")])
        except ValueError:
            return False

    example = "10.0.0.0/8, 2001:db8::/32"
    return Kind(f"networks such as {example}", accepts, example)


def _numbers_by(text: str, match: re.Match) -> Kind:
    patterns = re.split(r"\s*\|\s*", match["patterns"])

    def accepts(value: str) -> bool:
        pairs = [pair.rpartition("=")[::2] for pair in value.split(",") if pair.strip()]
        return all(
            any(fnmatchcase(name.strip(), pattern) for pattern in patterns) and _number(number) >= 0
            for name, number in pairs
        )

    example = ", ".join(pattern.replace("*", "NAME") + "=NUMBER" for pattern in patterns[:2])
    return Kind(f"{text}, such as {example}", accepts, "")


def _compiles(value: str) -> bool:
    try:
        re.compile(value)
    except re.error:
        return False
    return True


_KINDS = (
    (
        rf"(?P<whole>whole )?number(?: (?P<bound>above|from) (?P<least>{_NUMBER}))?(?: to (?P<most>{_NUMBER}))?"
        r"(?: that divides (?P<divided>\d+)| that is a multiple of (?P<factor>\d+))?",
        _numbers,
    ),
    (rf"share in (?P<open>[\[(])(?P<least>{_NUMBER}), (?P<most>{_NUMBER})(?P<close>[\])])", _share),
    (r"one of (?P<choices>.+)", _choice),
    (r"networks", _networks),
    (r"numbers by (?P<patterns>.+)", _numbers_by),
    (r"regular expression", lambda text, _match: Kind(f"a {text}", _compiles, "")),
    (r"text", lambda text, _match: Kind(text, lambda _value: True, "1")),
)

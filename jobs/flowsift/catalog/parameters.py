"""What the values of parameters must be, checked before a job starts."""

from __future__ import annotations

import math
import re

from flowsift.errors import UserError

_CHOICES = {"CLOCK": {"event", "arrival"}}
# Of the parameters without a default in SQL, those that are numbers.
_NUMBERS = {"WATERMARK_DELAY_SECONDS"}
_PATTERNS = {"LOCAL_NETWORKS"}
# What the values of parameters must be that would stop a running job, or silence it; an analyst's own are free.
_RANGES = {
    "FORECAST_MINUTES": (lambda x: x in range(1, 721) and 1440 % x == 0, "minutes that a day is a multiple of"),
    "FORECAST_LEVEL": (lambda x: 0 < x < 1, "a share above 0 and below 1"),
    "SERVICE_MAX_ITEMS": (lambda x: x >= 2, "a number from 2 up"),
    **dict.fromkeys(
        ("RULES_MIN_SUPPORT", "RULES_MIN_CONFIDENCE", "SERVICE_MIN_SUPPORT", "SERVICE_MIN_CONFIDENCE"),
        (lambda x: 0 < x <= 1, "a share above 0 and up to 1"),
    ),
    **dict.fromkeys(
        (
            "FORECAST_STEPS", "FORECAST_SERIES", "FORECAST_HISTORY_DAYS", "FORECAST_MEMORY_HOURS",
            "FORECAST_SCORE_HOURS", "SEASONAL_DAYS", "MAX_CLUSTERS", "MAX_CLUSTERED_HOSTS", "MAX_BEHAVIOUR_HOSTS",
            "BEHAVIOUR_STEPS", "BEHAVIOUR_PEERS", "BEHAVIOUR_TRANSITIONS", "BEHAVIOUR_WARM_UP_WINDOWS",
        ),
        (lambda x: x >= 1 and x == int(x), "a whole number from 1 up"),
    ),
    **dict.fromkeys(
        (
            "MIN_OCTETS", "MIN_PACKETS", "MIN_FLOWS", "MIN_DESTINATIONS", "HOST_CLUSTERS_HALF_LIFE_MINUTES",
            "HOST_CLUSTERS_FORGET_HOURS", "BEHAVIOUR_HALF_LIFE_MINUTES", "BEHAVIOUR_FORGET_HOURS",
        ),
        (lambda x: x > 0, "a number above 0"),
    ),
}  # fmt: skip
_THRESHOLD = lambda x: x > 0, "a number above 0"
_ANY = lambda x: x >= 0, "a number from 0 up"
_SERIES = r"all|(?:protocol|service|src_addr|dst_addr) [^=,]*[^=,\s]"
_CAPACITIES = re.compile(rf"(?:(?:{_SERIES})\s*=\s*\d+(?:\.\d+)?\s*(?:,\s*|$))*")


def check_value(name: str, value: str, default: str | None) -> None:
    """Raise UserError unless a parameter's value is of the kind of its default, and in its range."""
    if name in _CHOICES and value not in _CHOICES[name]:
        raise UserError(f"--set {name}: {value!r} is none of {', '.join(sorted(_CHOICES[name]))}")
    if name in _PATTERNS:
        try:
            re.compile(value)
        except re.error as error:
            raise UserError(f"--set {name}: expected a regular expression, got {value!r}: {error}") from error
    if name == "CAPACITIES" and not _CAPACITIES.fullmatch(value):
        raise UserError(f"--set {name}: expected such as 'all=1000, service dns=5', in Mbit/s, got {value!r}")
    if name in _NUMBERS or (default is not None and name not in _CHOICES and default.replace(".", "", 1).isdigit()):
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        number = number if math.isfinite(number) else -1.0
        holds, range_of_values = _RANGES.get(name, _THRESHOLD if name.endswith("THRESHOLD") else _ANY)
        if not holds(number):
            raise UserError(f"--set {name}: expected {range_of_values}, got {value!r}")

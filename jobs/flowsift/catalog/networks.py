r"""Networks in CIDR notation as one regular expression over the texts of addresses, which Flink matches in the JVM.

An IPv4 network is a choice of numbers per octet. An IPv6 address has several texts: `::` stands for any run of zero
groups. The expression has an alternative for each place where `::` can be, so that it holds for every valid text.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

_GROUPS = 8
_BITS = 16  # of a group
_DIGIT = "[0-9a-f]"
_ANY_GROUP = f"{_DIGIT}{{1,4}}"


def networks(text: str) -> list[IPv4Network | IPv6Network]:
    """The networks of a list by comma; raises ValueError for one that is none, or that has host bits set."""
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]


def as_regular_expression(text: str) -> str:
    """A regular expression that finds an address, in any of its texts, in one of these networks.

    Raises ValueError as `networks` does.
    """
    alternatives = [
        alternative
        for network in networks(text)
        for alternative in (_of_ipv4(network) if isinstance(network, IPv4Network) else _of_ipv6(network))
    ]
    return f"(?i)^(?:{'|'.join(alternatives)})"


def _of_ipv4(network: IPv4Network) -> list[str]:
    first, last = network.network_address.packed, network.broadcast_address.packed
    return [r"\.".join(r"\d+" if (a, b) == (0, 255) else _octet(a, b) for a, b in zip(first, last)) + "$"]


def _octet(first: int, last: int) -> str:
    return str(first) if first == last else f"(?:{'|'.join(map(str, range(first, last + 1)))})"


def _of_ipv6(network: IPv6Network) -> list[str]:
    """Alternatives by where `::` is: behind the groups that the prefix bounds, or in place of some of them."""
    bounded = -(-network.prefixlen // _BITS)
    if not bounded:
        return [".*:"]
    first = [int(group, 16) for group in network.network_address.exploded.split(":")]
    groups = [_group(first[i], min(network.prefixlen - _BITS * i, _BITS)) for i in range(bounded)]
    alternatives = [":".join(groups) + ("$" if bounded == _GROUPS else ":")]
    for before in range(bounded):
        for after in range(_GROUPS - before):
            if any(first[before : min(_GROUPS - after, bounded)]):
                continue  # the prefix has a group there that is not zero
            behind = [*groups, *[_ANY_GROUP] * (_GROUPS - bounded)][_GROUPS - after :]
            alternatives.append(":".join(groups[:before]) + "::" + ":".join(behind) + "$")
    return alternatives


def _group(first: int, bits: int) -> str:
    """The texts of a group of which the first `bits` of 16 are those of `first`, with leading zeros or without."""
    digits, rest = divmod(bits, 4)
    fixed = f"{first:04x}"[:digits]
    free = 4 - digits - (rest > 0)
    choices = ""
    if rest:
        lowest = int(f"{first:04x}"[digits], 16)
        choices = f"[{''.join(f'{digit:x}' for digit in range(lowest, lowest + 2 ** (4 - rest)))}]"
    shown = fixed.lstrip("0")
    zeros = f"0{{0,{len(fixed) - len(shown)}}}" if len(fixed) > len(shown) else ""
    if shown or (choices and "0" not in choices):
        return f"{zeros}{shown}{choices}" + (f"{_DIGIT}{{{free}}}" if free else "")
    if not free:
        return zeros + choices if choices else f"0{{1,{len(fixed)}}}"
    return f"{zeros}{choices}{'?' if choices else ''}{_DIGIT}{{1,{free}}}"

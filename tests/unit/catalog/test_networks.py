"""Networks as regular expressions, compared with the standard library's ipaddress over random addresses and texts."""

import random
import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from flowsift.catalog.networks import as_regular_expression, networks

LISTS = [
    "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7, fe80::/10",
    "192.0.2.64/27",
    "0.0.0.0/0",
    "203.0.113.7/32, 2001:db8::1/128",
    "2001:db8:0:1::/64",
    "2001:db8::/35, 2001:0:0:8::/61",
    "::/0",
    "::/96",
]


def texts(address):
    """Texts of an address: the usual one, that of all groups, and one with `::` for every run of zero groups."""
    if address.version == 4:
        return {str(address)}
    groups = [f"{int(group, 16):x}" for group in address.exploded.split(":")]
    found = {str(address), address.exploded, str(address).upper(), ":".join(groups)}
    for begin in range(8):
        for end in range(begin + 1, 9):
            if set(groups[begin:end]) == {"0"}:
                found.add(":".join(groups[:begin]) + "::" + ":".join(groups[end:]))
    return found


def addresses(network, random_numbers):
    """Addresses in a network, at its edges, just outside, and anywhere."""
    kind = IPv4Address if network.version == 4 else IPv6Address
    first, last = int(network.network_address), int(network.broadcast_address)
    most = 2**network.max_prefixlen - 1
    numbers = {first, last, max(first - 1, 0), min(last + 1, most), 0, 1, most}
    numbers |= {random_numbers.randint(first, last) for _ in range(20)}
    numbers |= {random_numbers.randint(0, most) for _ in range(20)}
    # Few bits: many groups are zero.
    numbers |= {first | 1 << random_numbers.randrange(network.max_prefixlen) for _ in range(20)}
    return [kind(number) for number in numbers]


@pytest.mark.parametrize("text", LISTS)
def test_an_address_is_found_in_all_its_texts_where_ipaddress_finds_it(text):
    random_numbers = random.Random(7)
    pattern = re.compile(as_regular_expression(text))
    others = [ip_network(other.strip()) for other in ", ".join(LISTS).split(",")]
    for address in {address for network in others for address in addresses(network, random_numbers)}:
        inside = any(address in network for network in networks(text) if network.version == address.version)
        for spelled in texts(address):
            assert ip_address(spelled) == address
            assert bool(pattern.search(spelled)) == inside, spelled


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "^10\\.", "10.0.0.0/8; 192.168.0.0/16", "fc00::/129"])
def test_what_is_no_network_is_refused(text):
    with pytest.raises(ValueError):
        networks(text)

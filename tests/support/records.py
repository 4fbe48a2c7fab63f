"""A good record, to be changed, and damage to any."""

import random

NOW = 1_736_150_400_000


GOOD = {
    "flow_start": NOW - 500, "flow_end": NOW, "src_addr": "10.0.0.1", "dst_addr": "2001:db8::1", "src_port": 50_000,
    "dst_port": 443, "protocol": "TCP", "octets_out": 100, "packets_out": 1, "octets_in": 50, "packets_in": 1,
}  # fmt: skip


def mutated(dice: random.Random, line: bytes) -> bytes:
    """The line with one to three octets or stretches changed, added, repeated or cut out."""
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        i, j = sorted(dice.randrange(len(line) + 1) for _ in range(2))
        anything = bytes([dice.randrange(256)])
        structure = dice.choice(
            [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"null", b"\t", b"\xef\xbb\xbf", b"e99999"]
        )
        line = dice.choice(
            [line[:i] + anything + line[i + 1 :], line[:i] + structure + line[i:], line[:i], line[:i] + line[j:],
             line[:j] + line[i:]]
        )  # fmt: skip
    return line.replace(b"\n", b" ")

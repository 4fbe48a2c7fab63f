"""The functions in Java, beside Python's own of the same meaning."""

import random
from ipaddress import IPv6Address, ip_address, ip_network

import pytest
from flowsift.engine.contract import FUNCTIONS
from flowsift.engine.flink import format_jar
from flowsift.engine.flink.jvm import jvm


@pytest.fixture(scope="module")
def function():
    """function(name) gives a function of texts, None for NULL."""
    from pyflink.util.java_utils import add_jars_to_context_class_loader

    java = jvm()
    add_jars_to_context_class_loader([format_jar.format_jar().as_uri()])
    text = java.org.apache.flink.table.data.StringData

    def of(name):
        made = getattr(java.flowsift.functions, FUNCTIONS[name])()

        def call(*arguments):
            answer = made.eval(*(text.fromString(a) if isinstance(a, str) else a for a in arguments))
            return answer if answer is None or isinstance(answer, (bool, int)) else str(answer.toString())

        return call

    return of


def canonical(text):
    address = ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def spellings(dice, number):
    """An IPv6 address in several of its texts."""
    address = IPv6Address(number)
    groups = [format(number >> shift & 0xFFFF, "x") for shift in range(112, -1, -16)]
    return [
        str(address), address.exploded, address.exploded.upper(), ":".join(groups),
        ":".join(group.zfill(dice.choice([1, 2, 3, 4])) for group in groups), f" {address} ", f"{address}%eth0",
    ]  # fmt: skip


def test_an_address_has_one_spelling(function):
    spell, dice = function("ip_address"), random.Random(7)
    for _ in range(300):
        four = ".".join(str(dice.randrange(256)) for _ in range(4))
        assert spell(four) == four
        assert spell(f"::ffff:{four}") == spell(f"::FFFF:{IPv6Address(f'::ffff:{four}').exploded[30:]}") == four
        # Groups of zeros, as addresses have them.
        number = int.from_bytes(bytes(dice.choice([0, 0, dice.randrange(256)]) for _ in range(16)), "big")
        for text in spellings(dice, number):
            assert spell(text) == canonical(text.strip().partition("%")[0]), text
    assert spell("010.000.0.5") == "10.0.0.5"
    assert spell("64:ff9b::192.0.2.33") == "64:ff9b::c000:221"


@pytest.mark.parametrize(
    "text",
    ["", "printer", "10.0.0", "10.0.0.256", "10.0.0.0.1", "10.0.0.", ".1.2.3.4", "1.2.3.4/24", "::1::", ":::", "1:2",
     ":1", "12345::", "g::1", "1:2:3:4:5:6:7:8:9", "::1.2.3", "1::2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8::", "-1.2.3.4",
     "1.2.3.4:443", "٣.1.1.1", "fe80::٣"],
)  # fmt: skip
def test_what_is_no_address_is_null(text, function):
    with pytest.raises(ValueError):
        ip_address(text)
    assert function("ip_address")(text) is None


def test_networks(function):
    inside, dice = function("in_networks"), random.Random(3)
    for _ in range(100):
        lists = []
        for _ in range(3):
            six = dice.random() < 0.5
            length = dice.randrange(129 if six else 33)
            number = dice.getrandbits(128 if six else 32)
            lists.append(ip_network((number, length), strict=False))
        listed = ", ".join(map(str, lists))
        for network in lists:
            for address in (network[0], network[-1], network[0] - 1 if int(network[0]) else network[0]):
                expected = any(address in other for other in lists if other.version == address.version)
                mapped = getattr(address, "ipv4_mapped", None)
                if mapped is None:
                    assert function("in_networks")(str(address), listed) is expected
    assert inside("::ffff:10.1.2.3", "10.0.0.0/8") is True
    assert inside("printer", "10.0.0.0/8") is None


@pytest.mark.parametrize(
    ("text", "keyword"),
    [("6", "tcp"), ("17", "udp"), ("TCP", "tcp"), ("58", "ipv6-icmp"), ("IPv6-ICMP", "ipv6-icmp"),
     ("icmp6", "ipv6-icmp"), ("1", "icmp"), ("47", "gre"), ("50", "esp"), ("51", "ah"), ("89", "ospf"),
     ("OSPFIGP", "ospf"), ("132", "sctp"),
     ("103", "pim"), ("112", "vrrp"), ("2", "igmp"), ("41", "ipv6"), ("4", "ipv4"), ("0", "hopopt"),
     ("143", "ethernet"),
     ("136", "udplite"), ("255", "255"), ("200", "200"), ("6.0", "tcp"), ("256", None), ("", None), ("-", None),
     (" UDP ", "udp"), ("Unknown", "unknown")],
)  # fmt: skip
def test_a_protocol_has_ianas_keyword(text, keyword, function):
    assert function("ip_protocol")(text) == keyword


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("gssapi,smb", "gssapi,smb"),
        ("SMB,gssapi,,smb", "gssapi,smb"),
        ("", None),
        ("-", None),
        (" ", None),
        ("tls", "tls"),
    ],
)
def test_services_are_in_order(text, services, function):
    assert function("sorted_services")(text) == services


@pytest.mark.parametrize(
    ("text", "flags"),
    [("27", 27), ("0x1b", 27), ("0x1B", 27), ("...AP.SF", 27), ("SYN", 2), ("SYN,ACK", 18), ("FIN, PSH, ACK", 25),
     ("0", 0),
     ("", None), ("none", None), ("-5", None), ("........", 0), ("S", 2), ("SA", 18), ("010", 10), ("RST ACK", 20),
     ("ece,cwr", 192)],
)  # fmt: skip
def test_flags_of_tcp(text, flags, function):
    assert function("tcp_flags")(text) == flags


@pytest.mark.parametrize(
    ("protocol", "src_port", "dst_port", "flags", "expected"),
    [("TCP", 443, 51_000, 18, True), ("6", 51_000, 443, 27, False), ("17", 53, 53, None, False),
     ("udp", 53, 40_000, None, True), ("tcp", 22, 40_000, 2, False), ("tcp", 22, 40_000, None, True),
     ("1", 0, 8, None, False), ("icmp", 3, 8, None, False), ("tcp", None, 8, 18, False), (None, 1, 8, 18, False)],
)  # fmt: skip
def test_replies_of_one_direction(protocol, src_port, dst_port, flags, expected, function):
    assert function("is_reply")(protocol, src_port, dst_port, flags) is expected


class SteadyTime:
    """How far records have come, as SteadyTime.java's comment says it, without its economies."""

    def __init__(self, records):
        self.records, self.seen, self.reached = records, [], 0

    def after(self, time, written):
        if time > 0:
            is_written = written is not None and written > time - 86_400_000
            self.seen = [*self.seen, (min(time, written) if is_written else time, written)][-self.records :]
            if written is not None:
                self.seen = [entry for entry in self.seen if written - entry[1] <= 1_000]
            times = sorted(time for time, _ in self.seen)
            is_recording = written is None or written - time > 3_600_000
            now = times[0 if is_recording else int((len(times) - 1) * 0.9)]
            if len(times) >= 16 or self.has_gap(written):
                self.reached = max(self.reached, now)
        return self.reached

    def has_gap(self, written):
        self.first = getattr(self, "first", written)
        return written is not None and written - self.first > 1_000


@pytest.fixture(scope="module")
def steady():
    """steady(records) gives a function (time, written, source) of epoch milliseconds."""
    from pyflink.util.java_utils import add_jars_to_context_class_loader

    java = jvm()
    add_jars_to_context_class_loader([format_jar.format_jar().as_uri()])
    data = java.org.apache.flink.table.data
    at = data.TimestampData.fromEpochMillis

    def of(records):
        made = java.flowsift.functions.SteadyTime()

        def call(time, written=None, source="a"):
            text = data.StringData.fromString(source)
            written = None if written is None else at(written)
            return made.eval(at(time), written, text, None if written is None else 0, records).getMillisecond()

        return call

    return of


T = 1_736_150_400_000


def test_a_record_far_ahead_does_not_move_the_time_of_a_file(steady):
    call, plain = steady(256), SteadyTime(256)
    times = [T + 1_000 * i for i in range(400)]
    times[10] = T + 3_600_000
    answers = [call(time) for time in times]
    assert answers[14] == 0 and answers[15] == T
    assert answers[-1] <= plain_of(plain, times) <= answers[-1] + 64_000
    assert max(answers) < T + 400_000


def plain_of(plain, times):
    return [plain.after(time, None) for time in times][-1]


def test_files_have_times_of_their_own_and_what_is_no_record_has_none(steady):
    call = steady(32)
    for i in range(40):
        assert call(0, source="none") == 0
        call(T + 1_000 * i, source="a")
    assert call(T + 3_600_000, source="b") == 0
    assert call(0, source="a") > T


def test_any_number_of_files_is_kept_in_mind_up_to_a_bound(steady):
    call = steady(16)
    for i in range(16):
        call(T + i, source="first")
    assert call(0, source="first") == T
    for i in range(1_100):
        call(T, source=f"file {i}")
    assert call(0, source="first") == 0


@pytest.mark.parametrize("per_second", [1, 5, 100])
def test_of_a_partition_nine_in_ten_decide_and_no_clock_is_ahead_of_the_time_of_writing(per_second, steady):
    call, plain, dice, expected = steady(256), SteadyTime(256), random.Random(5), []
    for i in range(60 * per_second):
        now = T + i * 1_000 // per_second
        ahead = 120_000 if dice.random() < 0.05 else 0
        time = now - dice.randrange(20_000) + ahead
        expected.append(plain.after(time, now))
        answer = call(time, now)
        assert answer <= expected[-1] and answer <= now
        # It is worked out anew after an eighth of the records, where these are many.
        assert expected[-1] - answer <= (0 if per_second < 16 else 3_000)


def test_a_replay_is_read_by_the_times_of_its_records(steady):
    call = steady(256)
    written = T + 365 * 86_400_000
    answers = [call(T + 1_000 * i + (3_600_000 if i % 20 == 10 else 0), written + i) for i in range(400)]
    assert T + 100_000 < answers[-1] < T + 400_000
    # Written at no time that could be.
    assert steady(1)(T, 1) == T

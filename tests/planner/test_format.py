"""What is accepted of a message, and what becomes of the rest: each line of the table in docs/what-is-accepted.md."""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from flowsift.engine.flink import format_jar
from flowsift.engine.flink.api import flink_home
from flowsift.engine.flink.jvm import jvm
from flowsift.engine.format import __file__ as format_folder

LONG, INT, DOUBLE, BOOLEAN, TEXT = "BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "VARCHAR"
TIME = "TIMESTAMP_WITH_LOCAL_TIME_ZONE"
FIELDS = {"n": LONG, "i": INT, "d": DOUBLE, "b": BOOLEAN, "t": TEXT, "id.orig_h": TEXT, "unused": LONG, "at": TIME}
OWN_COLUMNS = ("raw_line", "line_fault", "number_in_message", "records_received", "raw_octets", "line_skipped")
LONGEST = 65_536


@pytest.fixture(scope="module")
def read():
    """read(message, **options of the format) gives the rows of a message as dicts, without what is NULL."""
    return reading(FIELDS)


def reading(kinds):
    """A function as `read`, for fields of these types; a reader of the same options remembers what it has read."""
    from pyflink.java_gateway import get_gateway
    from pyflink.util.java_utils import add_jars_to_context_class_loader

    java = jvm()
    add_jars_to_context_class_loader([format_jar.format_jar().as_uri()])
    used = [name for name in kinds if name != "unused"] + list(OWN_COLUMNS)

    def array(kind, values):
        made = get_gateway().new_array(kind, len(values))
        for i, value in enumerate(values):
            made[i] = value
        return made

    @cache
    def reader(zone, options):
        configuration = java.org.apache.flink.configuration.Configuration()
        for name, value in options:
            configuration.setString(name.replace("_", "-"), str(value).lower() if value in (True, False) else value)
        types = java.org.apache.flink.table.types.logical.LogicalTypeRoot
        times = java.flowsift.format.Times(zone)
        made = [
            java.flowsift.format.Field(name, types.valueOf(kind), used.index(name) if name in used else -1, times)
            for name, kind in kinds.items()
        ]
        return java.flowsift.format.Accounted(
            array(java.flowsift.format.Field, made), array(java.int, [used.index(name) for name in OWN_COLUMNS]),
            len(used), java.flowsift.format.Options(configuration, ",".join(kinds)), None,
        )  # fmt: skip

    def rows(message, *, zone="UTC", **options):
        found = java.java.util.ArrayList()
        collector = java.org.apache.flink.api.common.functions.util.ListCollector(found)
        message = message.encode() if isinstance(message, str) else message
        octets = message if message is None else bytearray(message)
        reader(zone, tuple(options.items())).deserialize(octets, collector)
        return [
            {
                name: value if isinstance(value, (bool, int, float)) else str(value.toString())
                for name, value in ((name, row.getField(i)) for i, name in enumerate(used))
                if value is not None
            }
            for row in found
        ]

    return rows


def fields(row):
    return {name: value for name, value in row.items() if name in FIELDS}


ACCEPTED = [
    # Numbers.
    ('{"n": 17, "i": 17, "d": 17}', {"n": 17, "i": 17, "d": 17.0}),
    ('{"n": "17", "i": " 17 ", "d": "17"}', {"n": 17, "i": 17, "d": 17.0}),
    ('{"n": 12345678.0, "i": 1.7e1, "d": 7.5}', {"n": 12345678, "i": 17, "d": 7.5}),
    ('{"n": "12345678.0", "i": "1.7E1", "d": "7.5"}', {"n": 12345678, "i": 17, "d": 7.5}),
    ('{"n": 9223372036854775807}', {"n": 2**63 - 1}),
    ('{"n": -9223372036854775808.00}', {"n": -(2**63)}),
    ('{"n": 0e999999, "d": 1e-400}', {"n": 0, "d": 0.0}),
    # Text, true and false.
    ('{"t": "é \\u00e9 \\"}{"}', {"t": 'é é "}{'}),
    ('{"t": 12345678.0}', {"t": "12345678.0"}),
    ('{"t": true, "b": false}', {"t": "true", "b": False}),
    ('{"b": "true"}', {"b": True}),
    ('{"t": ""}', {"t": ""}),
    ('{"t": ["SYN", "ACK"]}', {"t": "SYN,ACK"}),
    ('{"t": [], "b": "F"}', {"t": "", "b": False}),
    # Times: a number by its size, or ISO 8601.
    *(
        (f'{{"at": {time}}}', {"at": "2025-01-06T08:00:01.250"})
        for time in (
            "1736150401.25",
            '"1736150401.25"',
            "1736150401250",
            '"1736150401250"',
            "1736150401250000",
            "1736150401250000000",
            "1.73615040125e9",
            '"2025-01-06T08:00:01.250000Z"',
            '"2025-01-06 08:00:01.25"',
            '"2025-01-06T10:00:01.250000999+02:00"',
            '"2025-01-06T09:00:01.250000+0100"',
            '"2025-01-06T03:00:01,25-05"',
        )
    ),
    ('{"at": "2025-01-06T08:00:01"}', {"at": "2025-01-06T08:00:01"}),
    ('{"at": "0000-00-00 00:00:00.000000"}', {"at": "1970-01-01T00:00"}),
    ('{"at": 1736150401.2500015}', {"at": "2025-01-06T08:00:01.250002"}),
    ('{"at": "2025-01-06T08:00:01.123456789Z"}', {"at": "2025-01-06T08:00:01.123456"}),
    ('{"at": 0}', {"at": "1970-01-01T00:00"}),
    ('{"t": "a\tb\x01"}', {"t": "a\tb\x01"}),
    # Fields.
    ('{"n": null, "t": null, "i": 1}', {"i": 1}),
    ("{}", {}),
    ('{"N": 1, "x": {"n": [1, {"y": "}"}]}, "z": 7.5, "i": 1}', {"i": 1}),
    ('{"n": 1, "n": 2, "t": "a", "t": null}', {"n": 2}),
    ('{"id.orig_h": "10.0.0.1"}', {"id.orig_h": "10.0.0.1"}),
    ('{"id": {"orig_h": "10.0.0.1", "n": 5}, "n": 1}', {"id.orig_h": "10.0.0.1", "n": 1}),
    ('{"id": 5, "n": 1}', {"n": 1}),
    # Around the record.
    (" \t{} \r\n", {}),
    ('\ufeff{"i": 1}', {"i": 1}),
    ('\x00\x00\x00\x00\x07{"i": 1}', {"i": 1}),
    ('{\r\n  "i": 1,\r\n  "t": "x"\r\n}\r\n', {"i": 1, "t": "x"}),
]


@pytest.mark.parametrize(("message", "expected"), ACCEPTED)
def test_accepted(message, expected, read):
    [row] = read(message.encode())
    assert fields(row) == expected
    assert "line_fault" not in row
    assert (row["number_in_message"], row["records_received"]) == (0, 1)
    text = message.removeprefix("\x00\x00\x00\x00\x07").removeprefix("\ufeff").strip()
    assert (row["raw_line"], row["raw_octets"]) == (text, len(text.encode()))


REJECTED = [
    ('{"n": 7.5}', "n is not a whole number"),
    ('{"n": "7.5"}', "n is not a whole number"),
    ('{"n": 1e-5}', "n is not a whole number"),
    ('{"n": 1e-999999999}', "n is not a whole number"),
    ('{"n": 9223372036854775808}', "n is out of range"),
    ('{"n": 1e30}', "n is out of range"),
    ('{"n": 1e999999999}', "n is out of range"),
    ('{"i": 2147483648}', "i is out of range"),
    ('{"d": 1e400}', "d is out of range"),
    ('{"d": "-1e400"}', "d is out of range"),
    ('{"n": "NaN"}', "n is not a number"),
    ('{"d": "NaN"}', "d is not a number"),
    ('{"d": "Infinity"}', "d is not a number"),
    ('{"d": "0x1p3"}', "d is not a number"),
    ('{"n": ""}', "n is not a number"),
    ('{"n": "many"}', "n is not a number"),
    ('{"n": "1-2"}', "n is not a number"),
    ('{"n": true}', "n is not a number"),
    ('{"n": [1]}', "n is not a number"),
    ('{"d": {"x": 1}}', "d is not a number"),
    ('{"b": 1}', "b is neither true nor false"),
    ('{"b": []}', "b is neither true nor false"),
    ('{"t": {"x": 1}}', "t is not a text"),
    ('{"t": [["x"]]}', "t is not a text"),
    ('{"at": "yesterday"}', "at is not a time"),
    ('{"at": "2025-02-30T08:00:00Z"}', "at is not a time"),
    ('{"at": "2025-01-06T08:00:00 CET"}', "at is not a time"),
    ('{"at": true}', "at is not a time"),
    ('{"at": 1e40}', "at is not a time"),
    ('{"at": "NaN"}', "at is not a time"),
    ('{"unused": "many"}', "unused is not a number"),
    ('{"n": "many", "d": "many"}', "n is not a number"),
    ('{"d": NaN}', "not valid JSON"),
    ('{"n": 017}', "not valid JSON"),
    ('{"n": 1', "not valid JSON"),
    ('{"t": "x}', "not valid JSON"),
    ("{'n': 1}", "not valid JSON"),
    ('{"n": 1,}', "not valid JSON"),
    ("[", "not valid JSON"),
    ("{" + '"x":{' * 5_000, "not valid JSON"),
    ("hello", "not a JSON object"),
    ("17", "not a JSON object"),
    ("null", "not a JSON object"),
    ('"text"', "not a JSON object"),
    ("\x00\x01\x02", "not a JSON object"),
    ("{\x00}\x00", "not a JSON object"),
    ("[17]", "not a JSON object"),
    ("[]", "an empty array"),
]


@pytest.mark.parametrize(("message", "reason"), REJECTED)
def test_rejected(message, reason, read):
    [row] = read(message.encode())
    assert row["line_fault"] == reason
    assert row["raw_line"] == (message if message != "[17]" else "17")


GOOD, FAULT = '{"n": 1}', '{"n": 7.5}'
SEVERAL = [
    (f"{GOOD}\n{GOOD}\n", [GOOD, GOOD]),
    (f"{GOOD}\r\n\r\n  \n{GOOD}", [GOOD, GOOD]),
    (f"{GOOD} {GOOD}{GOOD}", [GOOD] * 3),
    (f"{GOOD}\n{FAULT}\n{GOOD}", [GOOD, (FAULT, "n is not a whole number"), GOOD]),
    (f"hello\n{GOOD}", [("hello", "not a JSON object"), GOOD]),
    (f'{GOOD}\n{{"n": 1\n{GOOD}', [GOOD, ('{"n": 1', "not valid JSON"), GOOD]),
    (f'{{"t": "x\n{GOOD}', [('{"t": "x', "not valid JSON"), GOOD]),
    (f"[{GOOD}, {GOOD}]", [GOOD, GOOD]),
    (f"[\n{GOOD},\n{GOOD}\n]", [GOOD, GOOD]),
    (f"[{GOOD}, 5, null, [{GOOD}]]", [GOOD, *((each, "not a JSON object") for each in ("5", "null", f"[{GOOD}]"))]),
    (f'[7, "x", {GOOD}]', [("7", "not a JSON object"), ('"x"', "not a JSON object"), GOOD]),
    (f"[{GOOD}, {GOOD[:-1]}", [GOOD, (GOOD[:-1], "not valid JSON")]),
    (f"[{GOOD}]\n[]\n{GOOD}", [GOOD, ("[]", "an empty array"), GOOD]),
    (f"[{GOOD}", [GOOD, (f"[{GOOD}", "an array that is not closed")]),
    (f"{GOOD},", [GOOD]),
    (f"{GOOD}xyz", [GOOD, ("xyz", "not valid JSON")]),
    (f"{GOOD}, {GOOD}", [GOOD, (f", {GOOD}", "not valid JSON")]),
    (f"{GOOD}]", [GOOD, ("]", "not valid JSON")]),
    (f"[{GOOD}] {GOOD}", [GOOD, GOOD]),
    (f"[{', '.join([GOOD] * 20_000)}]", [GOOD] * 20_000),
]  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), SEVERAL, ids=range(len(SEVERAL)))
def test_several_records_in_a_message_are_numbered(message, expected, read):
    rows = read(message.encode())
    found = [(row["raw_line"], row["line_fault"]) if "line_fault" in row else row["raw_line"] for row in rows]
    assert found == expected
    assert [row["number_in_message"] for row in rows] == list(range(len(rows)))
    assert [row["records_received"] for row in rows] == [len(rows)] + [0] * (len(rows) - 1)


@pytest.mark.parametrize("message", [None, b"", b" \r\n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_message_is_a_dead_letter_and_a_blank_line_of_a_file_is_no_record(message, read):
    [row] = read(message)
    assert (row["line_fault"], row["records_received"], row["raw_octets"]) == ("empty message", 1, len(message or b""))
    assert read(message, skip_blank_messages=True) == []


@pytest.mark.parametrize("damage", [b"\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"])
def test_octets_that_are_not_utf8_reject_their_line_only(damage, read):
    line = b'{"t": "' + damage + b'", "n": 1}'
    first, second = read(line + b"\n" + GOOD.encode())
    assert (first["line_fault"], first["raw_octets"]) == ("not UTF-8", len(line))
    assert "\ufffd" in first["raw_line"]
    assert fields(second) == {"n": 1}


@pytest.mark.parametrize(
    ("character", "kept"), [("x", LONGEST), ("\x01", LONGEST), ("€", LONGEST), ("😀", LONGEST // 2)]
)
def test_raw_text_is_cut_to_what_any_sink_takes(character, kept, read):
    text = character * 300_000
    [row] = read(text.encode())
    assert row["raw_line"] == character * kept
    assert row["raw_octets"] == len(text.encode())
    assert len(json.dumps(row["raw_line"], ensure_ascii=False).encode()) < 1_000_000


def test_the_jar_is_made_once_and_where_there_is_no_cache_in_the_folder_of_the_process(tmp_path, monkeypatch):
    make = format_jar.format_jar.__wrapped__
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    jar = make()
    assert jar.parent == tmp_path / "flowsift"
    before = jar.stat().st_mtime_ns
    assert make() == jar and jar.stat().st_mtime_ns == before
    content = jar.read_bytes()
    # A file where the folder should be cannot be written, not even by root.
    monkeypatch.setenv("XDG_CACHE_HOME", str(jar))
    assert (elsewhere := make()).read_bytes() == content
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    assert make() == elsewhere


@pytest.mark.skipif(shutil.which("javac") is None, reason="no JDK")
def test_the_sources_are_valid_for_javac(tmp_path):
    jars = ":".join(str(jar) for jar in (flink_home() / "lib").glob("*.jar"))
    sources = [str(path) for path in Path(str(format_folder)).parent.parent.glob("*/*.java")]
    command = ["javac", "--release", "8", "-Xlint:-options", "-cp", jars, "-d", str(tmp_path), *sources]
    compiled = subprocess.run(command, capture_output=True, text=True)
    assert compiled.returncode == 0, compiled.stderr


def test_of_a_record_with_a_fault_the_other_fields_are_read_since_they_may_say_that_it_is_skipped(read):
    [row] = read('{"n": "many", "t": "alert", "i": 5}')
    assert (row["line_fault"], fields(row)) == ("n is not a number", {"t": "alert", "i": 5})


def test_a_time_that_does_not_say_its_zone_is_in_that_of_the_source(read):
    [row] = read('{"at": "2025-07-06T10:00:00"}', zone="Europe/Berlin")
    assert row["at"] == "2025-07-06T08:00"
    [row] = read('{"at": "2025-07-06T10:00:00Z"}', zone="Europe/Berlin")
    assert row["at"] == "2025-07-06T10:00"


def test_a_record_in_the_envelope_of_a_shipper(read):
    for message in ('{"conn": {"n": 1}}', '{"n": 1}', '{"conn": {"n": 1, "x": {}}, "z": 1}'):
        [row] = read(message, envelope="conn")
        assert fields(row) == {"n": 1}
    [row] = read('{"conn": {"n": 1}}')
    assert fields(row) == {}


VALUES = {"n": LONG, "t": TEXT, "d": DOUBLE, "at": TIME}


@pytest.fixture
def values():
    return reading(VALUES)


def test_values_with_a_delimiter(values):
    line = "17\ttext\t0.5\t2025-01-06 08:00:00"
    [row] = values(line, delimiter="\t")
    assert fields(row) == {"n": 17, "t": "text", "d": 0.5, "at": "2025-01-06T08:00"}
    assert (row["raw_line"], row["records_received"]) == (line, 1)
    assert [fields(row) for row in values("\t-\t\t\r\n-\t\t\t\n", delimiter="\t", nulls="- (empty)")] == [{}, {}]
    assert [fields(row) for row in values('1,"a ""b"", c",2,\n{"n": 5}', delimiter=",")] == [
        {"n": 1, "t": 'a "b", c', "d": 2.0}, {"n": 5},
    ]  # fmt: skip


def test_values_that_are_no_record(values):
    for line, fault in (
        ("1,x", "2 values, and 4 are expected"),
        ("1,x,0.5,0,more", "5 values, and 4 are expected"),
        ("many,x,0.5,", "n is not a number"),
        ("1,x,0.5,yesterday", "at is not a time"),
        ("%SYS-5-CONFIG_I: configured", "1 values, and 4 are expected"),
    ):
        [row] = values(line, delimiter=",")
        assert (row["line_fault"], row["raw_line"]) == (fault, line)
    [row] = values(b"\xff,x,0.5,", delimiter=",")
    assert row["line_fault"] == "not UTF-8"


def test_a_header_line_says_the_order_from_then_on(values):
    rows = values("#comment\nn,x,t,d\n1,2,three,4\nd,t,n\n5,six,7", delimiter=",")
    assert [row.get("line_skipped") for row in rows] == ["a comment line", "a header line", None, "a header line", None]
    assert fields(rows[2]) == {"n": 1, "t": "three", "d": 4.0}
    assert fields(rows[4]) == {"n": 7, "t": "six", "d": 5.0}
    rows = values("\t#separator \\x09\n#fields\tt\tn\nx\t1\n#close", delimiter="\t")
    assert [row.get("line_skipped") for row in rows] == ["a comment line", "a header line", None, "a comment line"]
    assert fields(rows[2]) == {"t": "x", "n": 1}


def test_the_order_of_values_may_be_an_option(values):
    [row] = values("1 x 2", delimiter=" ", fields="d,unknown,n")
    assert fields(row) == {"d": 1.0, "n": 2}

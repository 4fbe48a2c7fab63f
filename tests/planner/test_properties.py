"""Files of client settings, compared with java.util.Properties itself."""

import random

import pytest
from flowsift.engine.client_settings import parse_properties
from flowsift.engine.flink.jvm import jvm

WRITTEN = [
    "", "\n", "a=1", "a = 1\nb:2\nc 3\nd\n", "# c\\\na=1", "! c\r\na=1\r\n", "a=1\rb=2", " \t\fa =\t=1 ",
    "a\\=b=c", "a\\:b\\ c = d",
    "login=Login required \\\n  user=\"x=y\";\n", "a=\\\r\n  b\\\r\n  c", "a=\\u00f6\\t\\n\\r\\f\\q\\\\",
    "a=1\\\n\nb=2",
    "a=1\\\n#b=2", "\\\n#a=1", "\\", "\\\n", "\\\n\\", "a=\\", "a\\\\\nb=1", "a\\\\\\\nb=1", "=1", ":", "a==",
    "a : : b", "a=1\na=2",
    "a=ö\u2028b\u0085c\nb=\x0bc", "\\ud83d\\ude00=\\uD83D\\uDE00", "a\n\n\n  \nb", "a=\\u00fG", "a=\\u12",
    "\\u0061\\u003d=1",
]  # fmt: skip
ALPHABET = ["\\", "\n", "\r", "\r\n", " ", "\t", "\f", "=", ":", "#", "!", "a", "b", "u", "0041", "\\u00e9", "\\u", "é"]


def as_java_reads_it(text):
    """What java.util.Properties reads, None where it refuses."""
    from py4j.protocol import Py4JJavaError

    properties = jvm().java.util.Properties()
    try:
        properties.load(jvm().java.io.StringReader(text))
    except Py4JJavaError as error:
        assert "Malformed" in str(error)
        return None
    return {str(name): str(value) for name, value in properties.items()}


def as_we_read_it(text):
    try:
        return parse_properties(text)
    except ValueError:
        return None


@pytest.mark.parametrize("text", WRITTEN)
def test_a_file_is_read_as_java_reads_it(text):
    assert as_we_read_it(text) == as_java_reads_it(text)


def test_any_text_is_read_as_java_reads_it():
    rng = random.Random(7)
    for _ in range(3_000):
        text = "".join(rng.choices(ALPHABET, k=rng.randrange(14)))
        assert as_we_read_it(text) == as_java_reads_it(text), repr(text)


def test_a_byte_order_mark_is_no_part_of_a_name():
    assert parse_properties("\ufeffa=1") == {"a": "1"}

"""Where records come from and results go: what --input and --output mean."""

import re

import pytest
from flowsift.engine.endpoints import (
    KafkaInput,
    Start,
    parse_input,
    parse_output,
    parse_start,
    parse_topic,
)
from flowsift.errors import UserError


def test_an_output_topic_cannot_be_named():
    with pytest.raises(UserError, match="topics are named after sinks"):
        parse_output("kafka://h:1/topic", prefix="", properties={}, run_name="r")


EIGHT_O_CLOCK = {"scan.startup.mode": "timestamp", "scan.startup.timestamp-millis": "1736150400000"}


def topic(text, **more):
    return parse_topic(text, **{"bounded": False, "properties": {}, **more})


def test_topics_are_one_several_or_a_pattern():
    one, several, pattern = (topic(f"kafka://h:1/{text}") for text in ("a.b-c", "a,b", "re:flows-.*"))
    assert one.topics == ["a.b-c"] and "record_source AS 'a.b-c'" in one.position and one.reads("a.b-c")
    assert several.options({})["topic"] == "a;b" and "METADATA FROM 'topic'" in several.position
    assert pattern.options({})["topic-pattern"] == "flows-.*" and "topic" not in pattern.options({})
    assert pattern.reads("flows-1") and not pattern.reads("my-flows-1")
    assert topic("kafka://h:1/a,b", bounded=True).options({})["scan.bounded.mode"] == "latest-offset"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kafka://h:1", "expected kafka://HOST:PORT/TOPIC"),
        ("kafka://h:1/a,,b", "'' is no name of a topic"),
        ("kafka://h:1/flows-.*", "a pattern is written kafka://h:1/re:PATTERN"),
        ("kafka://h:1/re:flows-(", "no regular expression"),
        ("kafka://h:1/a,a", "named twice"),
    ],
)
def test_what_names_no_topic_is_refused(text, message):
    with pytest.raises(UserError, match=re.escape(message)):
        topic(text)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("earliest", {"scan.startup.mode": "earliest-offset"}),
        ("latest", {"scan.startup.mode": "latest-offset"}),
        ("group", {"scan.startup.mode": "group-offsets", "properties.auto.offset.reset": "earliest"}),
        ("2025-01-06T08:00:00", EIGHT_O_CLOCK),
        ("2025-01-06T09:00+01:00", EIGHT_O_CLOCK),
        ("2025-01-06T08:00:00Z", EIGHT_O_CLOCK),
        ("1736150400000", EIGHT_O_CLOCK),
    ],
)
def test_a_run_begins_where_it_is_said(text, start):
    assert parse_start(text).options == start


@pytest.mark.parametrize("text", ["", "newest", "yesterday", "-5", "1736150400", "1970-01-01", "25:00", "١٢"])
def test_what_is_no_start_is_refused(text):
    with pytest.raises(UserError, match=f"--from {re.escape(text)}: expected earliest, latest, group, a time such as"):
        parse_start(text)


def test_a_run_that_would_read_nothing_is_refused():
    with pytest.raises(UserError, match="reading would end where it begins"):
        topic("kafka://h:1/a", bounded=True, start=Start("latest"))
    with pytest.raises(UserError, match="files are read from their beginning"):
        parse_input("/tmp", bounded=True, properties={}, start=Start("earliest"))


def test_only_a_run_that_goes_on_moves_the_offsets_of_its_group():
    commits = "properties.commit.offsets.on.checkpoint"
    assert commits not in topic("kafka://h:1/a").options({})
    ends = {"bounded": True, "ends": {0: 1}}
    assert KafkaInput("h:1", "a", **ends, properties={}).options({})[commits] == "false"
    assert commits not in KafkaInput("h:1", "a", **ends, properties={}, start=Start("group")).options({})

"""Values of parameters and client settings: checked before a job starts, and never shown."""

from argparse import Namespace
from pathlib import Path

import pytest
from flowsift.catalog.parameters import check_value
from flowsift.cli.arguments import pairs, properties
from flowsift.engine.endpoints import FileInput, parse_input, parse_output
from flowsift.engine.flink.jvm import prepare_java
from flowsift.engine.flink.kafka_admin import redacted
from flowsift.errors import UserError


@pytest.mark.parametrize(
    ("name", "value", "default"),
    [
        ("Z_THRESHOLD", "three", "3"),
        ("Z_THRESHOLD", "-1", "3"),
        ("Z_THRESHOLD", "nan", "3"),
        ("CLOCK", "sundial", "event"),
        ("DAY_BEGINS_MINUTE", "noon", "0"),
        ("WATERMARK_DELAY_SECONDS", "soon", None),
        ("RULES_MIN_SUPPORT", "2", "0.02"),
        ("RULES_MIN_SUPPORT", "0", "0.02"),
        ("FORECAST_LEVEL", "1", "0.9"),
        ("FORECAST_MINUTES", "7", "5"),
        ("FORECAST_MINUTES", "1440", "5"),
        ("FORECAST_STEPS", "0.5", "12"),
        ("MIN_OCTETS", "0", "1000000"),
        ("CAPACITIES", "all=1G", ""),
        ("CAPACITIES", "dns=5", ""),
        ("CAPACITIES", "all:1000", ""),
        ("SERVICE_MAX_ITEMS", "1", "3"),
        ("HOST_CLUSTERS_HALF_LIFE_MINUTES", "0", "60"),
        ("LOCAL_NETWORKS", "^(10", "^10"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(name, value, default):
    with pytest.raises(UserError, match=name):
        check_value(name, value, default)


def test_values_of_the_right_kind_pass():
    for name, value, default in (
        ("Z_THRESHOLD", "3.5", "3"),
        ("CLOCK", "arrival", "event"),
        ("RULES_MIN_SUPPORT", "1", "0.02"),
        ("FORECAST_MINUTES", "15", "5"),
        ("OFFICE_HOURS", "0.5", "8"),
        ("CAPACITIES", "", ""),
        ("CAPACITIES", "all = 1000, service dns=0.5,src_addr 2001:db8::1=3", ""),
        ("LOCAL_NETWORKS", "(?i)^(10|fd)", "^10"),
        ("DAY_BEGINS_MINUTE", "300", "0"),
        ("SUBNET", "10.0.0.0/8", None),
    ):
        check_value(name, value, default)


def test_secrets_are_redacted_longest_first():
    secrets = {"a": "hunter2", "b": "hunter2-and-more"}
    assert redacted("x hunter2-and-more y hunter2", secrets) == "x *** y ***"


def test_a_malformed_pair_does_not_show_its_value():
    with pytest.raises(UserError) as caught:
        pairs(["=secret"], "--property")
    assert "secret" not in str(caught.value)


def test_a_properties_file_is_read_as_java_reads_it(tmp_path: Path):
    path = tmp_path / "client.properties"
    path.write_text('# to the broker\na=1\nb : 2\nc 3\nlogin=Login required \\\n  user="x=y";\n')
    arguments = Namespace(properties=str(path), property=["a=9"])
    assert properties(arguments) == {"a": "9", "b": "2", "c": "3", "login": 'Login required   user="x=y";'}


def test_an_old_java_is_named(tmp_path: Path, monkeypatch):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UserError, match="is version 11: set JAVA_HOME"):
        prepare_java()


def test_a_folder_is_read_without_hidden_files_and_truth(tmp_path: Path):
    for name in ("a.jsonl", "a.jsonl.truth.jsonl", ".hidden", "_SUCCESS"):
        (tmp_path / name).write_text("{}\n")
    found = parse_input(str(tmp_path), bounded=False, properties={})
    assert isinstance(found, FileInput) and [file.name for file in found.files] == ["a.jsonl"]


def test_a_name_with_brackets_is_a_file_not_a_pattern(tmp_path: Path):
    (tmp_path / "a[1].jsonl").write_text("{}\n")
    assert parse_input(str(tmp_path / "a[1].jsonl"), bounded=False, properties={}).files[0].name == "a[1].jsonl"


def test_an_output_topic_cannot_be_named():
    with pytest.raises(UserError, match="topics are named after sinks"):
        parse_output("kafka://h:1/topic", prefix="", properties={}, run_name="r")

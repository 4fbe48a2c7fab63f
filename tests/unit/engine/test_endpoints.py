"""Where records come from and results go: what --input and --output mean."""

from pathlib import Path

import pytest
from flowsift.engine.endpoints import FileInput, parse_files, parse_input, parse_output
from flowsift.errors import UserError


def test_a_folder_is_read_without_hidden_files_and_truth(tmp_path: Path):
    for name in ("a.jsonl", "a.jsonl.truth.jsonl", ".hidden", "_SUCCESS"):
        (tmp_path / name).write_text("{}\n")
    found = parse_input(str(tmp_path), bounded=False, properties={})
    assert isinstance(found, FileInput) and [file.name for file in found.files] == ["a.jsonl"]


def test_a_name_with_brackets_is_a_file_not_a_pattern(tmp_path: Path):
    (tmp_path / "a[1].jsonl").write_text("{}\n")
    assert parse_files(str(tmp_path / "a[1].jsonl")).files[0].name == "a[1].jsonl"


def test_an_output_topic_cannot_be_named():
    with pytest.raises(UserError, match="topics are named after sinks"):
        parse_output("kafka://h:1/topic", prefix="", properties={}, run_name="r")

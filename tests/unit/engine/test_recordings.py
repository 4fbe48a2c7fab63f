"""Which files FILE, DIR and GLOB mean, and what is left out with a word."""

import os
import re
import socket
from pathlib import Path

import pytest
from flowsift.engine.endpoints import FileInput
from flowsift.engine.recordings import Recordings, watched
from flowsift.errors import UserError


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}\n")


def found(text: Path | str, *names: str) -> list[str]:
    return [file.name for file in Recordings(str(text), names).files]


def test_a_folder_is_searched_whole_but_for_dots_and_truth(tmp_path: Path):
    make(tmp_path, "a.jsonl", "_old/b", "x/y/c.log", ".d", ".git/e", "a.jsonl.truth.jsonl")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    recordings = Recordings(str(tmp_path))
    assert [file.name for file in recordings.files] == ["b", "a.jsonl", "c.log"]
    assert recordings.left_out == (
        "2 with names that begin with a dot, 1 with names that end in .truth.jsonl, 1 links that lead nowhere, "
        "1 pipes, sockets or devices"
    )


def test_what_is_hidden_is_read_where_it_is_named_or_matches(tmp_path: Path):
    make(tmp_path, ".a/b.jsonl", ".c.jsonl")
    assert found(tmp_path / ".a") == found(tmp_path / ".a" / "*.jsonl") == ["b.jsonl"]
    assert found(tmp_path / ".*.jsonl") == found(tmp_path / ".c.jsonl") == [".c.jsonl"]


def test_a_name_with_brackets_is_a_file_not_a_pattern(tmp_path: Path):
    make(tmp_path, "a[1].jsonl", "a1.jsonl")
    assert found(tmp_path / "a[1].jsonl") == ["a[1].jsonl"]


def test_a_folder_that_matches_is_searched(tmp_path: Path):
    make(tmp_path, "2025-01-06/a", "2025-01-07/b", "2026-01-07/c")
    assert found(tmp_path / "2025-*") == ["a", "b"]


def test_a_file_is_read_once_however_often_it_is_reached(tmp_path: Path):
    make(tmp_path, "a")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "c").hardlink_to(tmp_path / "a")
    (tmp_path / "up").symlink_to(tmp_path)
    assert found(tmp_path) == ["a"]


def test_files_of_a_folder_have_names_that_the_source_gives(tmp_path: Path):
    make(tmp_path, "conn.log", "conn_long.log", "dns.log")
    recordings = Recordings(str(tmp_path), ["conn.*", "conn_[0-9]*"])
    assert [file.name for file in recordings.files] == ["conn.log"]
    assert recordings.left_out == "2 with names unlike conn.* and conn_[0-9]*"
    assert found(tmp_path / "dns.log", "conn.*") == found(tmp_path / "d*.log", "conn.*") == ["dns.log"]
    with pytest.raises(UserError, match=r"nothing there is read: 3 with names unlike x.*; name a file, or files by"):
        found(tmp_path, "x*")


@pytest.mark.parametrize("kind", ["pipe", "socket", "gone", "latin"])
def test_what_is_no_file_is_refused_by_name(tmp_path: Path, kind: str):
    path = tmp_path / kind
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind(str(path))
    elif kind == "gone":
        path.symlink_to(tmp_path / "nowhere")
    else:
        path = Path(os.fsdecode(bytes(tmp_path) + b"/l\xfctin"))
        path.write_text("")
    expected = {"pipe": "write what comes out", "socket": "write what", "gone": "link leads", "latin": "rename it"}
    with pytest.raises(UserError, match=expected[kind]):
        Recordings(str(path))


def test_a_name_survives_the_option_that_it_is_in():
    files = FileInput("x", [Path("/a\\n"), Path("/b\nc")]).options({})["files"]
    assert files == "/a\\\\n\n/b\\nc"


def test_codecs_are_known_by_the_first_octets(tmp_path: Path):
    (tmp_path / "a.log").write_bytes(b"\xfd7zXZ\0")
    (tmp_path / "b.xz").write_bytes(b"{}")
    (tmp_path / "c").write_bytes(b"\x28\xb5\x2f\xfd")
    assert Recordings(str(tmp_path)).codecs() == {"xz", "zstd-jni"}


@pytest.mark.parametrize(
    ("text", "names", "matching", "others"),
    [
        ("", [], ["a", "x y/b.gz"], [".a", "x/.b", ".x/a", "a.truth.jsonl"]),
        ("", ["conn.*"], ["conn.log", "d/conn.08:00.log"], ["conn_long.log", "aconn.log"]),
        ("*.log", [], ["a.log"], [".log", "d/a.log", "a.log.gz"]),
        ("**/c?nn[!_]*", [], ["conn.log", "d/e/conn.x"], ["conn_x", "d/.e/conn.x"]),
    ],
)
def test_a_watched_pattern_matches_what_it_would_find(tmp_path: Path, text: str, names, matching, others):
    folder, pattern = watched(str(tmp_path / text), names)
    assert folder == tmp_path
    assert [name for name in matching + others if re.fullmatch(pattern, f"{tmp_path}/{name}")] == matching


def test_a_folder_to_watch_must_be_there(tmp_path: Path):
    with pytest.raises(UserError, match="expects a folder that is there"):
        watched(str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match=r"no folder .*nowhere to watch"):
        watched(str(tmp_path / "nowhere" / "*.log"))

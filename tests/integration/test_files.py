"""Files as sites have them: names, links, compression, damage; each line is read once, and has a position."""

import bz2
import gzip
import json
import lzma
import os
import time

import pytest
from flowsift.catalog.project import connector_jars
from flowsift.engine.endpoints import FileOutput, parse_input
from flowsift.engine.job import Run

from tests.support.records import GOOD, NOW


def lines(count, **values):
    return "".join(json.dumps(GOOD | values | {"flow_id": str(i)}) + "\n" for i in range(count)).encode()


def ledger(sink):
    [row] = sink("ledger")
    return tuple(row[name] for name in ("received", "accepted", "late", "dead"))


def test_any_name_is_read_once_and_given_as_it_is_typed(tmp_path, run_files):
    folder = tmp_path / "in" / "_old ü"
    folder.mkdir(parents=True)
    names = [
        "conn.08:00:00-09:00:00.log",
        "a b%41#?[1].jsonl",
        "back\\slash",
        "_part",
        "umläut.jsonl",
        "line\nbreak",
        " ",
    ]
    for name in names:
        (folder / name).write_bytes(b"broken\n" + lines(1))
    (tmp_path / "elsewhere.jsonl").write_bytes(lines(2))
    (folder / "link.jsonl").symlink_to(tmp_path / "elsewhere.jsonl")
    (folder / "same.jsonl").hardlink_to(tmp_path / "elsewhere.jsonl")
    (folder / "gone.jsonl").symlink_to(tmp_path / "nowhere")
    (folder / "up").symlink_to(tmp_path / "in")
    sink = run_files(tmp_path / "in", "traffic_totals")
    assert ledger(sink) == (2 * len(names) + 2, len(names) + 2, 0, len(names))
    assert {row["record_source"] for row in sink("dead_letters")} == {str(folder / name) for name in names}


def test_a_dead_letter_says_at_which_octet_its_line_begins(tmp_path, run_files):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(1) + b"\r\n" + "ü\n".encode() + lines(1) + b"last")
    letters = sorted(
        (row["record_offset"], row["raw_text"]) for row in run_files(path, "traffic_totals")("dead_letters")
    )
    text = path.read_bytes()
    assert letters == [(text.index("ü".encode()), "ü"), (text.index(b"last"), "last")]


def test_what_is_compressed_is_known_by_its_first_octets(tmp_path, run_files):
    half = gzip.compress(lines(3))
    contents = {
        "rotated.log": half + half, "a.bz2": bz2.compress(lines(4)) + bz2.compress(lines(1)), "not.gz": lines(2),
        "empty.gz": b"", "empty.jsonl": b"",
    }  # fmt: skip
    if any(jar.name.startswith("xz-") for jar in connector_jars()):
        contents["a.xz"] = lzma.compress(lines(5)) + lzma.compress(lines(2))
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    wanted = 6 + 5 + 2 + 7 * ("a.xz" in contents)
    assert ledger(run_files(tmp_path, "traffic_totals")) == (wanted, wanted, 0, 0)


def test_of_a_damaged_file_is_read_what_can_be(tmp_path, run_files):
    whole = gzip.compress(b"".join(lines(1, service=str(i)) for i in range(5_000)))
    (tmp_path / "cut.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "garbage.gz").write_bytes(b"\x00\x01garbage")
    (tmp_path / "good.jsonl").write_bytes(lines(3))
    sink = run_files(tmp_path, "traffic_totals")
    received, accepted, late, dead = ledger(sink)
    assert received == accepted + dead and (late, dead) == (0, 2) and 1_000 < accepted < 5_003
    letters = {row["record_source"]: row for row in sink("dead_letters")}
    cut = letters[str(tmp_path / "cut.gz")]
    assert cut["reject_reason"].startswith("the file cannot be read from here on: ")
    assert gzip.decompress(whole)[cut["record_offset"] :].startswith(cut["raw_text"].encode())
    assert "does not begin as gzip" in letters[str(tmp_path / "garbage.gz")]["reject_reason"]


def test_a_line_that_memory_might_not_hold_is_a_dead_letter(tmp_path, run_files):
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(lines(1))
        for _ in range(33):
            file.write(b"x" * (1 << 20))
        file.write(b"\n" + lines(2))
    sink = run_files(path, "traffic_totals")
    assert ledger(sink) == (4, 3, 0, 1)
    [letter] = sink("dead_letters")
    assert letter["reject_reason"] == "a line of more than 32 MB"
    assert (letter["record_offset"], letter["raw_octets"]) == (len(lines(1)), 33 << 20)


def test_a_large_file_is_read_in_parts_without_loss(tmp_path, run_files):
    path = tmp_path / "a.jsonl"
    block = lines(5_000, service="x" * 100)
    count = 5_000 * (140_000_000 // len(block) + 1)
    with path.open("wb") as file:
        for _ in range(count // 5_000):
            file.write(block)
    assert path.stat().st_size > 128 << 20
    assert ledger(run_files(path, "traffic_totals")) == (count, count, 0, 0)


def test_a_file_with_a_header_is_read_by_it(tmp_path, run_files):
    for name, order in (("a.log", "ts uid id.orig_h id.resp_h proto orig_pkts orig_ip_bytes"),
                        ("b.log", "orig_ip_bytes orig_pkts proto id.resp_h id.orig_h uid ts")):  # fmt: skip
        record = {"ts": "1736150400.5", "uid": "C1", "id.orig_h": "10.0.0.1", "id.resp_h": "10.0.0.2", "proto": "tcp",
                  "orig_pkts": "3", "orig_ip_bytes": "700"}  # fmt: skip
        names = order.split()
        row = "\t".join(record[field] for field in names)
        (tmp_path / name).write_text("#fields\t" + "\t".join(names) + "\n" + (row + "\n") * 3)
    sink = run_files(tmp_path / "*.log", "traffic_totals", source="zeek_conn")
    assert {row["entity"]: row["octets"] for row in sink("traffic_totals")} == {"all": 4_200, "tcp": 4_200}


def test_what_appears_in_a_watched_folder_is_read_once(tmp_path, run_short):
    watched, moved = tmp_path / "in", tmp_path / "in" / "b.jsonl.1"
    watched.mkdir()
    (watched / "a.jsonl").write_bytes(lines(2))
    os.utime(watched / "a.jsonl", (NOW / 1_000, NOW / 1_000))
    source = parse_input(str(watched), bounded=False, properties={}, watches=True)
    output = FileOutput(tmp_path / "results")
    request = Run("flows", source, output, ["traffic_totals"])

    class Seen(Exception):
        pass

    def look(job):
        def received():
            found = [json.loads(line) for file in (output.folder / "ledger").glob("*part-*")
                     for line in file.read_bytes().split(b"\n")[:-1]]  # fmt: skip
            return max((row["received"] for row in found), default=0)

        def wait_for(count):
            deadline = time.monotonic() + 120
            while received() < count:
                assert time.monotonic() < deadline, f"{received()} of {count} were received"
                time.sleep(0.3)

        wait_for(2)
        (watched / "b.jsonl").write_bytes(lines(3))
        old = NOW / 1_000 + 60
        os.utime(watched / "b.jsonl", (old, old))
        wait_for(5)
        (watched / "b.jsonl").rename(moved)
        with moved.open("ab") as file:
            file.write(lines(4))
        os.utime(moved, (old + 1, old + 1))
        wait_for(9)
        time.sleep(4)
        assert received() == 9
        job._client.cancel().result()
        raise Seen

    with pytest.raises(Seen):
        from flowsift.engine.submit import run

        run(request, {"execution.checkpointing.interval": "300 ms"}, watching=look)

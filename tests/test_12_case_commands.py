"""flowsift new, test and case: what an analyst needs to add an analysis and show that it works."""

import json
import re
import shutil

import pytest

from jobs import cases
from jobs.cases import Case, all_cases, compare, find, lacking, run_cases
from jobs.cut import Cut, between, make_case, moment_ms
from jobs.errors import UserError
from jobs.library import SQL_ROOT, Library
from jobs.scaffold import RESERVED, check_name, new, next_steps

MINUTE_MS = 60_000
BEGIN_MS = 1_736_150_400_000  # 2025-01-06T08:00:00


def case_folder(root, name, **files):
    """A case in `root`; each file is given by its stem with its lines."""
    folder = root / name
    folder.mkdir(parents=True)
    for stem, lines in files.items():
        (folder / f"{stem}.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return Case(folder)


@pytest.fixture
def found(monkeypatch):
    """Rows that every case finds instead of running: a dict by sink, or an error."""
    rows = {}

    def instead(case, library, accounting):
        if isinstance(rows.get(case.folder.name), Exception):
            raise rows[case.folder.name]
        return {sink: rows.get(sink, []) for sink in (case.analysis, *accounting)}

    monkeypatch.setattr(Case, "found", instead)
    monkeypatch.setattr(cases, "prepare_java", lambda _: None)
    return rows


def test_a_case_is_read_from_its_folder(tmp_path):
    case = case_folder(tmp_path, "top_talkers/fires", input=["not json"], top_talkers=['{"place": 1}'], ledger=[])
    (case.folder / "parameters.json").write_text('{"TOP_N": 3}')
    assert (case.name, case.source, case.parameters) == ("top_talkers/fires", "flows", {"TOP_N": "3"})
    assert case.expected() == {"top_talkers": [{"place": 1}], "ledger": []}
    case.input.rename(case.folder / "input.zeek_conn.jsonl")
    assert case.source == "zeek_conn"
    assert case.expected().keys() == {"top_talkers", "ledger"}


def test_a_fault_in_a_case_is_one_line(tmp_path):
    case = case_folder(tmp_path, "top_talkers/fires", input=[], top_talkers=["{}", "[1]"], flows=[])
    with pytest.raises(UserError, match=r"top_talkers.jsonl:2: expected a JSON object"):
        case.expected()
    with pytest.raises(UserError, match=r"flows.jsonl is no sink of this case; there are: top_talkers, dead_letters"):
        case.found(Library(), ["flows"])
    (case.folder / "input.csv").touch()
    with pytest.raises(UserError, match="there are 2 of input"):
        _ = case.input


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["top_talker"], "unknown analysis: top_talker; there are: host_sessions"),
        (["host_sessions"], "host_sessions has no cases; a case is a folder .*/host_sessions/<what happens>"),
        (["top_talkers/fire"], "no case top_talkers/fire; those of top_talkers are: fires"),
    ],
)
def test_what_is_not_there_is_said(names, message, tmp_path):
    case_folder(tmp_path, "top_talkers/fires", input=[])
    with pytest.raises(UserError, match=message):
        find(Library(), names, tmp_path)


def test_cases_are_found_by_analysis_and_by_name(tmp_path):
    for name in ("top_talkers/a", "top_talkers/b", "host_sessions/c"):
        case_folder(tmp_path, name, input=[])
    assert [case.name for case in find(Library(), ["top_talkers/b", "host_sessions"], tmp_path)] == [
        "host_sessions/c",
        "top_talkers/b",
    ]
    assert len(find(Library(), [], tmp_path)) == 3


def test_what_the_cases_do_not_show_is_said(tmp_path):
    case_folder(tmp_path, "top_talkers/stays_quiet", input=[], top_talkers=["{}"])
    assert [
        re.search("no case (that|with) ([a-z]+)", line)[2] for line in lacking("top_talkers", all_cases(tmp_path))
    ] == [
        "stays",
        "late",
    ]


def test_each_case_is_one_line_and_a_failure_shows_what_differs(tmp_path, found, capsys):
    case_folder(tmp_path, "top_talkers/differs", input=[], top_talkers=['{"entity": "a", "octets": 120}'])
    case_folder(tmp_path, "top_talkers/ends", input=[], top_talkers=[])
    case_folder(tmp_path, "top_talkers/is_right", input=[], top_talkers=['{"entity": "a", "octets": 130}'])
    found |= {"top_talkers": [{"entity": "a", "octets": 130}], "ends": UserError("the job failed: no space")}
    assert not run_cases(Library(), [], root=tmp_path)
    shown = re.sub(r"\d+\.\d s", "0.1 s", capsys.readouterr().out).splitlines()
    assert shown == [
        "FAILED    top_talkers/differs  0.1 s",
        "  top_talkers:",
        '    differs     {"entity": "a"}',
        "                octets: expected 120, found 130",
        "FAILED    top_talkers/ends  0.1 s",
        "  the job failed: no space",
        "ok        top_talkers/is_right  0.1 s",
        "3 cases, 2 failed (0.1 s)",
    ]


def test_what_is_accepted_is_written(tmp_path, found, capsys):
    partly = case_folder(tmp_path, "top_talkers/partly", input=[], top_talkers=['{"octets": 1, "entity": "a"}'])
    whole = case_folder(tmp_path, "top_talkers/whole", input=[])
    ends = case_folder(tmp_path, "top_talkers/ends", input=[], top_talkers=[])
    found |= {
        "top_talkers": [
            {"place": 10, "entity": "b", "octets": 2.5, "record_source": "file:/tmp/x"},
            {"place": 9, "entity": "a", "octets": 1, "record_source": "file:/tmp/x"},
        ],
        "ends": UserError("the job failed: no space"),
    }
    assert not run_cases(Library(), [], accept=True, root=tmp_path)
    assert (partly.folder / "top_talkers.jsonl").read_text().splitlines() == [
        '{"octets": 1, "entity": "a"}',
        '{"octets": 2.5, "entity": "b"}',
    ]
    assert whole.expected()["top_talkers"][0] == {"place": 9, "entity": "a", "octets": 1}
    assert ends.expected() == {"top_talkers": []}
    assert f"accepted  {whole.name}" in (shown := capsys.readouterr().out)
    assert f"wrote {whole.folder / 'top_talkers.jsonl'}" in shown
    assert run_cases(Library(), ["top_talkers/partly", "top_talkers/whole"], root=tmp_path)


def test_expected_rows_that_are_not_there_are_asked_for(tmp_path, found, capsys):
    case = case_folder(tmp_path, "top_talkers/fires", input=[])
    assert not run_cases(Library(), [], root=tmp_path)
    assert "it lacks top_talkers.jsonl, empty where no row is expected" in capsys.readouterr().out
    assert run_cases(Library(), [], accept=True, root=tmp_path)
    assert case.expected() == {"top_talkers": []}


def test_times_are_utc_unless_they_say_otherwise():
    for text in ("2025-01-06T08:00", "2025-01-06T08:00:00Z", "2025-01-06T09:00+01:00", "2025-01-06 08:00:00.000"):
        assert moment_ms(text, "--from") == BEGIN_MS
    with pytest.raises(UserError, match="--to 8:40: expected a time such as"):
        moment_ms("8:40", "--to")


def test_broken_lines_are_kept_between_the_records_that_are():
    lines = [(b"x", False), (b"1", True), (b"y 10.0.0.1", False), (b"z", False), (b"2", True), (b"x", False)]
    assert list(between(lines, None)) == [b"1", b"y 10.0.0.1", b"z", b"2"]
    assert list(between(lines, "10.0.0.1")) == [b"1", b"y 10.0.0.1", b"2"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": "fires"}, "case fires: expected ANALYSIS/WHAT_HAPPENS"),
        ({"name": "top_talkers/../x"}, "expected ANALYSIS/WHAT_HAPPENS"),
        ({"name": "nonsense/fires"}, "unknown analysis: nonsense"),
        ({"name": "top_talkers/there"}, "top_talkers/there exists"),
        ({"recording": "nowhere.jsonl"}, "no such file"),
        ({"recording": "kafka://broker:9092/flows"}, "a case is cut out of a file"),
        ({"recording": str(SQL_ROOT / "views")}, r"\d+ files; a case is cut out of one"),
        ({"cut": Cut("flows", 2, 1)}, "is not before --to"),
        ({"cut": Cut("flows_lines", 1, 2)}, "in a file each is a record: --source flows"),
        ({"cut": Cut("pcap", 1, 2)}, "unknown source: pcap"),
    ],
)
def test_a_cut_that_cannot_be_is_refused_at_once(changed, message, tmp_path):
    case_folder(tmp_path, "top_talkers/there", input=[])
    wanted = {"name": "top_talkers/fires", "recording": __file__, "cut": Cut("flows", 1, 2)} | changed
    with pytest.raises(UserError, match=message):
        make_case(Library(), **wanted, parameters={}, root=tmp_path)
    assert not (tmp_path / "top_talkers" / "fires").exists()


def conn(end_ms, host="10.0.0.1", octets=100):
    return {
        "ts": end_ms / 1_000 - 0.5, "duration": 0.5, "id.orig_h": host, "id.orig_p": 1, "id.resp_h": "10.0.0.2",
        "id.resp_p": 443, "proto": "tcp", "orig_pkts": 1, "orig_ip_bytes": octets, "resp_pkts": 0, "resp_ip_bytes": 0,
    }  # fmt: skip


def test_a_case_is_cut_out_of_a_recording_to_the_byte(tmp_path, capsys):
    before, first, other, last, after = (
        json.dumps(record).encode()
        for record in (
            conn(BEGIN_MS - 1), conn(BEGIN_MS), conn(BEGIN_MS + 1, "10.0.0.9"), conn(BEGIN_MS + 59_999, octets=30),
            conn(BEGIN_MS + MINUTE_MS),
        )
    )  # fmt: skip
    in_future = json.dumps(conn(4_102_444_800_000)).encode()
    broken = [b"not json", b'{"ts": "10.0.0.1 \xff', in_future]
    recording = tmp_path / "conn.log"
    recording.write_bytes(b"\n".join([broken[0], before, first, *broken, other, last, broken[0], after]) + b"\n")
    cut = Cut("zeek_conn", BEGIN_MS, BEGIN_MS + MINUTE_MS, "10.0.0.1")
    make_case(Library(), "top_talkers/fires", str(recording), cut, {"TOP_N": "1"}, tmp_path / "cases")
    [case] = find(Library(), [], tmp_path / "cases")
    assert case.input.name == "input.zeek_conn.jsonl"
    assert case.input.read_bytes() == b"\n".join([first, *broken[1:], last]) + b"\n"
    assert case.parameters == {"TOP_N": "1"}
    rows = case.expected()["top_talkers"]
    assert [(row["entity_type"], row["octets"]) for row in rows] == [(t, 130) for t in ("dst_addr", "pair", "src_addr")]
    [ledger] = case.expected()["ledger"]
    assert (ledger["source"], ledger["received"], ledger["dead"]) == ("input.zeek_conn.jsonl", 4, 2)
    assert "4 records: 2 good, 0 late, 2 broken" in capsys.readouterr().out
    with pytest.raises(UserError, match=r"no record in .* ends from 2025-01-06T07:00:00 to 2025-01-06T08:00:00"):
        early = Cut("flows", BEGIN_MS - 60 * MINUTE_MS, BEGIN_MS)
        make_case(Library(), "top_talkers/quiet", str(recording), early, {}, tmp_path / "cases")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("PortScans", "expected a name in snake_case"),
        ("port-scans", "expected a name in snake_case"),
        ("values", "values is a reserved word"),
        ("flows", r"flows is already there: .*flows.sql"),
        ("z_scores", r"z_scores is already there"),
        ("entity_type", r"entity_type is a name that .*sql uses for something else"),
    ],
)
def test_a_name_that_an_analysis_cannot_have(name, message):
    with pytest.raises(UserError, match=message):
        check_name(Library(), name)


def test_reserved_words_are_those_of_flink():
    from pyflink.java_gateway import get_gateway
    from pyflink.table import EnvironmentSettings, TableEnvironment

    environment = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    loader = environment._j_tenv.getPlanner().getClass().getClassLoader()
    parser = loader.loadClass("org.apache.flink.sql.parser.impl.FlinkSqlParserImpl").getField("FACTORY").get(None)
    words = parser.getParser(get_gateway().jvm.java.io.StringReader("")).getMetadata()
    assert {word.lower() for word in words.getTokens() if words.isReservedWord(word)} - {"end-exec"} == RESERVED


def test_a_new_analysis_works_as_it_is(tmp_path):
    shutil.copytree(SQL_ROOT, tmp_path / "sql")
    files = new(Library(tmp_path / "sql"), "port_scans", "Who tries\nmany ports", tmp_path)
    assert "flowsift test port_scans" in next_steps("port_scans", files)
    library, root = Library(tmp_path / "sql"), tmp_path / "tests" / "cases"
    [analysis] = library.analyses(["port_scans"])
    assert analysis.title.startswith("Who tries many ports.")
    assert not any("ANALYSIS" in text or "PARAMETER" in text for text in map(str, files))
    assert not any("ANALYSIS" in path.read_text() or "PARAMETER" in path.read_text() for path in files)
    with pytest.raises(UserError, match="port_scans is already there"):
        new(library, "port_scans", root=tmp_path)
    with pytest.raises(UserError, match=r"cases/port_scans exists"):
        analysis.path.unlink()
        new(Library(tmp_path / "sql"), "port_scans", root=tmp_path)
    assert not analysis.path.exists()
    analysis.path.write_text(analysis.text)
    assert list(lacking("port_scans", all_cases(root))) == []
    for case in find(library, ["port_scans"], root):
        assert compare(case, library)[1] == {}

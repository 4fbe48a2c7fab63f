"""flowsift test: cases are found, run and compared, each a line; --accept writes what was found."""

import re
from contextlib import nullcontext

import pytest
from flowsift.catalog.library import Library
from flowsift.errors import UserError
from flowsift.workbench import cases
from flowsift.workbench.cases import Case, all_cases, find, lacking, run_cases


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

    def instead(case, library, accounting, run):
        if isinstance(rows.get(case.folder.name), Exception):
            raise rows[case.folder.name]
        return {sink: rows.get(sink, []) for sink in (case.analysis, *accounting)}

    monkeypatch.setattr(Case, "found", instead)
    monkeypatch.setattr(cases, "prepare_java", lambda _: None)
    monkeypatch.setattr(cases, "shared_cluster", nullcontext)
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
        (["top_talker"], "unknown analysis: top_talker; there are: .*host_sessions"),
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


@pytest.mark.parametrize("analysis", Library().all("analysis"))
def test_every_analysis_has_a_case_that_fires_one_that_stays_quiet_and_one_with_late_and_broken_records(analysis):
    assert list(lacking(analysis, all_cases())) == []

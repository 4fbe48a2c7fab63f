"""flowsift test: cases are found, run and compared, each a line; --accept writes what was found."""

import re
from contextlib import nullcontext

import pytest
from flowsift.catalog.library import Library
from flowsift.errors import UserError
from flowsift.workbench import cases
from flowsift.workbench.cases import Case, all_cases, find, lacking, run_cases

from tests.support.environment import CASES_ROOT


def case_file(root, name, expected="", given="[]"):
    """A case in `root` with these lines under expected."""
    path = root / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# What happens.\ngiven: {given}\n" + (f"expected:\n{expected}" if expected else ""))
    return Case(path)


@pytest.fixture
def found(monkeypatch):
    """Rows that every case finds instead of running: a dict by sink, or an error."""
    rows = {}

    def instead(case, library, accounting, run):
        if isinstance(rows.get(case.path.stem), Exception):
            raise rows[case.path.stem]
        return {sink: rows.get(sink, []) for sink in (case.analysis, *accounting)}

    monkeypatch.setattr(Case, "found", instead)
    monkeypatch.setattr(cases, "prepare_java", lambda _: None)
    monkeypatch.setattr(cases, "shared_cluster", nullcontext)
    return rows


def test_a_case_is_read_from_its_file(tmp_path):
    path = tmp_path / "top_talkers" / "fires.yaml"
    path.parent.mkdir()
    path.write_text(
        "source: zeek_conn\n"
        "parameters: {TOP_N: 3, MIN: 1_000}\n"
        "given: {recording: fires.jsonl}\n"
        "expected:\n"
        "  top_talkers:\n"
        "    - {place: 1, share: 1.5, entity: 10.0.0.1, to: null, is_new: true}\n"
        "    - {window_start: 2025-01-06T08:00:00, entity: '1'}\n"
        "  ledger: []\n"
    )
    case = Case(path)
    assert (case.name, case.source) == ("top_talkers/fires", "zeek_conn")
    assert case.parameters == {"TOP_N": "3", "MIN": "1_000"}
    assert case.expected() == {
        "top_talkers": [
            {"place": 1, "share": 1.5, "entity": "10.0.0.1", "to": None, "is_new": True},
            {"window_start": "2025-01-06T08:00:00", "entity": "1"},
        ],
        "ledger": [],
    }
    with pytest.raises(UserError, match=r"fires.yaml:3:20: there is no file .*fires.jsonl"):
        case.input(Library(), tmp_path)
    (recorded := path.with_suffix(".jsonl")).write_bytes(b"not json\n")
    assert case.input(Library(), tmp_path) == recorded.resolve()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "fires.yaml:1:1: this file is empty"),
        ("givn: []", "fires.yaml:1:1: a case has no givn; did you mean given?"),
        ("given: []\n# \a", "fires.yaml:2:3: a control character; quote it"),
        ("given: []\nexpected: {top_talkers: {}}", "fires.yaml:2:25: expected a list of rows"),
        ("given: []\nexpected: {top_talkers: [1]}", "fires.yaml:2:26: expected keys and values of a row"),
        ("given: []\nexpected: {top_talkers: [], flows: []}", "fires.yaml:2:36: flows is no sink of this case"),
        ("given: {record: x}", "fires.yaml:1:9: given has no record; did you mean recording?"),
        ("expected: {}", "fires.yaml:1:1: a case says what is given"),
        ("given: x", "fires.yaml:1:8: expected a list of records"),
        ("given: []\nexpected: {top_talkers: [{octets: 0x1f}]}", "fires.yaml:2:35: 0x1f is no number in decimal"),
    ],
)
def test_a_fault_in_a_case_is_said_where_it_is(text, message, tmp_path):
    path = tmp_path / "top_talkers" / "fires.yaml"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(UserError) as failure:
        cases.compare(Case(path), Library(), lambda *_, **__: None)
    assert message in str(failure.value)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["top_talker"], "unknown analysis: top_talker; there are: .*host_sessions"),
        (["host_sessions"], "host_sessions has no cases; a case is a file .*/host_sessions/<what_happens>.yaml"),
        (["top_talkers/fire"], "no case top_talkers/fire; those of top_talkers are: fires"),
    ],
)
def test_what_is_not_there_is_said(names, message, tmp_path):
    case_file(tmp_path, "top_talkers/fires")
    with pytest.raises(UserError, match=message):
        find(Library(), names, tmp_path)


def test_cases_are_found_by_analysis_and_by_name(tmp_path):
    for name in ("top_talkers/a", "top_talkers/b", "host_sessions/c"):
        case_file(tmp_path, name)
    assert [case.name for case in find(Library(), ["top_talkers/b", "host_sessions"], tmp_path)] == [
        "host_sessions/c",
        "top_talkers/b",
    ]
    assert len(find(Library(), [], tmp_path)) == 3


def test_what_the_cases_do_not_show_is_said(tmp_path):
    case_file(tmp_path, "top_talkers/stays_quiet", "  top_talkers: [{}]\n")
    assert [line.partition(": ")[0] for line in lacking("top_talkers", all_cases(tmp_path))] == [
        "top_talkers has no case that stays quiet"
    ]
    assert len(list(lacking("host_sessions", all_cases(tmp_path)))) == 2


def test_each_case_is_one_line_and_a_failure_shows_what_differs(tmp_path, found, capsys):
    case_file(tmp_path, "top_talkers/differs", "  top_talkers: [{entity: a, octets: 120}]\n")
    case_file(tmp_path, "top_talkers/ends", "  top_talkers: []\n")
    case_file(tmp_path, "top_talkers/is_right", "  top_talkers: [{entity: a, octets: 130}]\n")
    found |= {"top_talkers": [{"entity": "a", "octets": 130}], "ends": UserError("the job failed: no space")}
    assert not run_cases(Library(), [], tmp_path)
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


PARTLY = """  # The busiest.
  top_talkers:
    # Stays.
    - {octets: 1, entity: a}  # as it is
    # Differs in one column.
    - octets: 3
      entity: b

    - {octets: 4, entity: gone}
"""
ACCEPTED = """  # The busiest.
  top_talkers:
    # Stays.
    - {octets: 1, entity: a}  # as it is
    # Differs in one column.
    - {octets: 2.5, entity: b}

    - {octets: 9, entity: "1"}
"""


def test_what_is_accepted_is_written_and_all_else_stays(tmp_path, found, capsys):
    partly = case_file(tmp_path, "top_talkers/partly", PARTLY)
    whole = case_file(tmp_path, "top_talkers/whole")
    ends = case_file(tmp_path, "top_talkers/ends", "  top_talkers: []\n")
    found |= {
        "top_talkers": [
            {"place": 10, "entity": "b", "octets": 2.5, "record_source": "file:/tmp/x"},
            {"place": 9, "entity": "a", "octets": 1, "record_source": "file:/tmp/x"},
            {"place": 11, "entity": "1", "octets": 9, "record_source": "file:/tmp/x"},
        ],
        "ends": UserError("the job failed: no space"),
    }
    assert not run_cases(Library(), [], tmp_path, accept=True)
    assert partly.path.read_text() == f"# What happens.\ngiven: []\nexpected:\n{ACCEPTED}"
    assert Case(whole.path).expected()["top_talkers"][0] == {"place": 9, "entity": "a", "octets": 1}
    assert Case(ends.path).expected() == {"top_talkers": []}
    assert f"accepted  {whole.name}" in (shown := capsys.readouterr().out)
    assert f"wrote {whole.path}: top_talkers" in shown
    assert run_cases(Library(), ["top_talkers/partly", "top_talkers/whole"], tmp_path)


@pytest.mark.parametrize(
    ("before", "rows", "after"),
    [
        ("  top_talkers: []\n  ledger: []\n", [{"a": 1}], "  top_talkers:\n    - {a: 1}\n  ledger: []\n"),
        ("  top_talkers: [{a: 1}, {a: 2}]\n", [{"a": 1}, {"a": 3}], "  top_talkers:\n    - {a: 1}\n    - {a: 3}\n"),
        ("  top_talkers:\n    - {a: 1}\n  ledger: []\n", [], "  top_talkers: []\n  ledger: []\n"),
        ("  ledger: []\n", [{"a": None}], "  ledger: []\n  top_talkers:\n    - {a: null}\n"),
        # A column that has another name: the row is written anew, with all that it has.
        ("  top_talkers:\n    - {a: 1, b: x}\n", [{"c": 1, "b": "x"}], "  top_talkers:\n    - {c: 1, b: x}\n"),
    ],
)
def test_rows_are_written_into_what_is_there(before, rows, after, tmp_path):
    case = case_file(tmp_path, "top_talkers/fires", before)
    written = case.write("top_talkers", rows)
    assert case.path.read_text() == f"# What happens.\ngiven: []\nexpected:\n{after}"
    assert written.expected()["top_talkers"] == rows


def test_texts_that_yaml_would_read_otherwise_are_quoted(tmp_path):
    row = {
        "number": "12", "list": "dns, tls", "word": "null", "pair": "10.0.0.1 > 10.0.0.2", "v6": "2001:db8::1",
        "colon": "a: b", "comment": "a #b", "quote": 'say "no"', "line": "a\nb", "empty": "", "bell": "\a\x7fü",
        "time": "2025-01-06T08:00:00Z", "umlaut": "Zürich", "list_of": ["a", 1, 0.1, True], "range": "1..5",
        "small": 1e-09, "long": "x " * 80,
    }  # fmt: skip
    written = case_file(tmp_path, "top_talkers/fires").write("top_talkers", [row])
    assert written.expected() == {"top_talkers": [row]}
    text = written.path.read_text()
    assert "pair: 10.0.0.1 > 10.0.0.2, v6: 2001:db8::1," in text and "umlaut: Zürich" in text


def test_expected_rows_that_are_not_there_are_asked_for(tmp_path, found, capsys):
    case = case_file(tmp_path, "top_talkers/fires")
    assert not run_cases(Library(), [], tmp_path)
    assert "it lacks top_talkers under expected, [] where no row is expected" in capsys.readouterr().out
    assert run_cases(Library(), [], tmp_path, accept=True)
    assert Case(case.path).expected() == {"top_talkers": []}


@pytest.mark.parametrize("analysis", Library().all("analysis"))
def test_every_analysis_has_a_case_that_fires_and_one_that_stays_quiet(analysis):
    assert list(lacking(analysis, all_cases(CASES_ROOT))) == []


def test_every_case_says_in_at_most_forty_lines_what_happens():
    texts = {case.name: case.path.read_text(encoding="utf-8").splitlines() for case in all_cases(CASES_ROOT)}
    assert texts
    assert {name: len(lines) for name, lines in texts.items() if len(lines) > 40} == {}
    assert [name for name, lines in texts.items() if not lines[0].startswith("# ")] == []
    assert [name for name, lines in texts.items() if max(map(len, lines)) > 120] == []


def test_nothing_reads_records_above_flows():
    """So that what is late or broken is left out of all results: that is proven once, by a case of traffic_totals."""
    library = Library()
    readers = [file for file in library.files if file.folders[0] not in ("intake", "sources")]
    assert len(readers) > len(library.all("analysis"))
    above = {
        f"{file.name} reads {other.name}"
        for file in readers
        for other in library.read_by(file)
        if other.folders[0] in ("intake", "sources") and other.name not in ("flows", "spread_flows")
    }
    assert above == set()
    [proof] = [case for case in all_cases(CASES_ROOT) if "late_and_broken" in case.name]
    assert proof.expected().keys() == {"traffic_totals", *library.all("accounting")} - {
        "skipped_records",
        "backfilled_traffic",
    }

"""SQL files: names, headers, parameters and what they need."""

import pytest
from flowsift.catalog.library import Library
from flowsift.errors import UserError


def tree(root, **files):
    for name, text in files.items():
        folder, _, stem = name.partition("__")
        (root / folder).mkdir(exist_ok=True)
        (root / folder / f"{stem}.sql").write_text(text)
    return Library(root)


def test_what_a_file_needs_comes_before_it(tmp_path):
    library = tree(
        tmp_path,
        analyses__c="-- C.\nCREATE VIEW c AS\nSELECT 1 FROM b -- not z\n",
        rollups__b="-- B.\nCREATE VIEW b AS\nSELECT 'z' FROM a\n",
        rollups__a="-- A.\nCREATE VIEW a AS\nSELECT 1\n",
        rollups__z="-- Z.\nCREATE VIEW z AS\nSELECT 1\n",
    )
    assert [file.name for file in library.needed(library.analyses(["c"]))] == ["a", "b", "c"]


def test_a_cycle_is_shown(tmp_path):
    library = tree(
        tmp_path, analyses__a="CREATE VIEW a AS\nSELECT 1 FROM b", rollups__b="CREATE VIEW b AS\nSELECT 1 FROM a"
    )
    with pytest.raises(UserError, match="a > b > a"):
        library.needed(library.analyses(["a"]))


def test_a_file_must_define_what_it_is_named_after(tmp_path):
    library = tree(tmp_path, rollups__a="CREATE VIEW b AS\nSELECT 1")
    with pytest.raises(UserError, match=r"a\.sql:1:13: this defines b; .* named after the file: a"):
        library.objects["a"].defines()


def test_a_value_cannot_break_out_of_its_literal(tmp_path):
    library = tree(tmp_path, rollups__a="CREATE VIEW a AS\nSELECT '${X:-1}'")
    [file] = library.objects.values()
    assert file.statement({"X": "1' OR 'a"}).text.endswith("SELECT '1'' OR ''a'")
    assert file.statement({}).text.endswith("SELECT '1'")


def test_a_wrapped_line_of_a_header_goes_on(tmp_path):
    library = tree(tmp_path, rollups__a="-- A.\n-- misses: this,\n--         and that\nCREATE VIEW a AS\nSELECT 1")
    assert library.objects["a"].header["misses"] == ["this, and that"]


def test_a_default_serves_every_use_of_its_parameter(tmp_path):
    library = tree(tmp_path, rollups__a="CREATE VIEW a AS\nSELECT '${X}', '${X:-1}'")
    assert library.objects["a"].statement({}).text.endswith("SELECT '1', '1'")


def test_a_file_of_an_editor_is_none(tmp_path):
    tree(tmp_path, rollups__a="CREATE VIEW a AS\nSELECT 1")
    (tmp_path / "rollups" / ".#a.sql").symlink_to("nowhere")
    assert list(Library(tmp_path).objects) == ["a"]


def test_a_value_is_not_put_into_a_comment(tmp_path):
    library = tree(tmp_path, rollups__a="CREATE VIEW a AS -- ${X:-1}\nSELECT /* ${X:-1} */ '${X:-1}'")
    [file] = library.objects.values()
    assert file.statement({"X": "*/\n, secret"}).text.splitlines()[0] == "CREATE VIEW a AS -- ${X:-1}"
    assert file.statement({"X": "2"}).text.endswith("SELECT /* ${X:-1} */ '2'")


def test_all_missing_parameters_come_in_one_message(tmp_path):
    library = tree(tmp_path, rollups__a="CREATE VIEW a AS\nSELECT '${X}', '${Y}'")
    with pytest.raises(UserError, match="X, Y"):
        library.objects["a"].statement({})


def test_an_unknown_analysis_names_those_there_are():
    with pytest.raises(UserError, match="host_anomalies"):
        Library().analyses(["host_anomaly"])

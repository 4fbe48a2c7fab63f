"""flowsift new: a new analysis works as it is, and has a name that it can have."""

import shutil

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.project import SQL_ROOT
from flowsift.errors import UserError
from flowsift.workbench.cases import all_cases, compare, find, lacking
from flowsift.workbench.new import new, next_steps


def test_a_new_analysis_works_as_it_is(tmp_path, run_short):
    shutil.copytree(SQL_ROOT, tmp_path / "sql")
    files = new(Library(tmp_path / "sql"), "made_up_scans", tmp_path, "Who tries\nmany ports")
    assert "flowsift test made_up_scans" in next_steps("made_up_scans", files)
    library, root = Library(tmp_path / "sql"), tmp_path / "tests" / "cases"
    [analysis] = library.analyses(["made_up_scans"])
    assert analysis.title.startswith("Who tries many ports.")
    assert not any("ANALYSIS" in text or "PARAMETER" in text for text in map(str, files))
    assert not any("ANALYSIS" in path.read_text() or "PARAMETER" in path.read_text() for path in files)
    with pytest.raises(UserError, match="made_up_scans is already there"):
        new(library, "made_up_scans", tmp_path)
    with pytest.raises(UserError, match=r"cases/made_up_scans exists"):
        analysis.path.unlink()
        new(Library(tmp_path / "sql"), "made_up_scans", tmp_path)
    assert not analysis.path.exists()
    analysis.path.write_text(analysis.text)
    assert list(lacking("made_up_scans", all_cases(root))) == []
    for case in find(library, ["made_up_scans"], root):
        assert compare(case, library, run_short)[1] == {}

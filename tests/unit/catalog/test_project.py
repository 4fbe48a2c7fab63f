"""A project: how it is found, and what of it lies over the package."""

import subprocess
import sys
from zipfile import ZipFile

import pytest
from flowsift.catalog.library import Library
from flowsift.catalog.project import FUNCTIONS_ROOT, MARKER, SQL_ROOT, connector_jars, own_project, project_root
from flowsift.engine.job import udfs_archive
from flowsift.errors import Problems, UserError
from flowsift.planner.check import chosen
from flowsift.workbench.init import init

from tests.support.environment import REPOSITORY

ANALYSIS = "-- A.\n-- grain:  one\nCREATE VIEW {} AS\nSELECT 1\n"
LEDGER = "-- L.\n-- grain:  one\n-- sink:   every run\nCREATE VIEW ledger AS\nSELECT 1\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A new project, whose folder is the working one."""
    monkeypatch.chdir(tmp_path)
    init(tmp_path / "my net")
    monkeypatch.chdir(tmp_path / "my net")
    return tmp_path / "my net"


@pytest.fixture
def trees(tmp_path):
    """(the tree of a package, that of a project)."""
    write(tmp_path / "package" / "analyses" / "hosts" / "busy.sql", ANALYSIS.format("busy"))
    write(tmp_path / "package" / "intake" / "ledger.sql", LEDGER)
    (tmp_path / "own").mkdir()
    return tmp_path / "package", tmp_path / "own"


def test_a_project_is_found_from_any_folder_below(project, monkeypatch):
    monkeypatch.chdir(project / "sql" / "analyses")
    assert project_root() == project == own_project()


def test_the_repository_is_a_project_whose_files_lie_over_nothing(monkeypatch):
    monkeypatch.chdir(REPOSITORY / "tests")
    assert own_project() == REPOSITORY
    assert Library().roots == (SQL_ROOT,) and Library().own_files == []


def test_without_the_repository_a_project_must_be_made(tmp_path, monkeypatch):
    monkeypatch.setattr("flowsift.catalog.project.REPOSITORY", None)
    monkeypatch.chdir(tmp_path)
    assert project_root() is None
    with pytest.raises(UserError, match=f"no {MARKER} here or above.*flowsift init NAME"):
        own_project()


def test_nothing_is_written_over(project):
    before = sorted(project.rglob("*"))
    with pytest.raises(UserError, match="exists and is not empty"):
        init(project)
    with pytest.raises(UserError, match="exists and is not empty"):
        init(project / MARKER)
    assert sorted(project.rglob("*")) == before
    (project / "empty").mkdir()
    init(project / "empty")


def test_a_file_of_the_same_path_replaces_another_adds(trees):
    package, own = trees
    write(own / "analyses" / "hosts" / "busy.sql", ANALYSIS.format("busy").replace("-- A.", "-- My own."))
    write(own / "analyses" / "mine.sql", ANALYSIS.format("mine"))
    library = Library(package, own)
    assert [file.name for file in library.files] == ["busy", "mine", "ledger"]
    assert library.objects["busy"].title == "My own."
    assert [(file.name, library.replaces(file)) for file in library.own_files] == [("busy", True), ("mine", False)]
    # What the package brings is sound, and need not be planned each time.
    assert chosen(library, []) == library.own_files and len(chosen(Library(package), [])) == 2


def test_a_packaged_name_in_another_folder_is_refused(trees):
    package, own = trees
    write(own / "analyses" / "busy.sql", ANALYSIS.format("busy"))
    with pytest.raises(Problems, match=r"own/analyses/busy.sql:1:1: busy is already .*own/analyses/hosts/, or else"):
        _ = Library(package, own).objects


def test_a_replacement_has_the_role_of_what_it_replaces(trees):
    package, own = trees
    write(own / "intake" / "ledger.sql", ANALYSIS.format("ledger"))
    with pytest.raises(Problems, match=r"ledger.sql:1:1: this is a view, and replaces a sink of every run, .*; make"):
        Library(package, own)


def test_functions_of_both_are_shipped_and_imported(project, tmp_path):
    write(project / "udfs" / "mine.py", "VALUE = 1\n")
    write(project / "udfs" / "more" / "deep.py", "from udfs.learners import learner\nfrom udfs.mine import VALUE\n")
    write(project / "udfs" / "z_score.py", "OWN = True\n")
    with ZipFile(udfs_archive(tmp_path / "scratch")) as archive:
        held, replaced = set(archive.namelist()), archive.read("udfs/z_score.py").decode()
    packaged = {f"udfs/{path.relative_to(FUNCTIONS_ROOT)}" for path in FUNCTIONS_ROOT.rglob("*.py")}
    assert held == packaged | {"udfs/mine.py", "udfs/more/deep.py"}
    assert replaced == "OWN = True\n"
    assert printed("udfs.more.deep.VALUE", "udfs.z_score.OWN") == "1 True\n"


@pytest.mark.parametrize("initial", [[], ["udfs/learners/__init__.py", "udfs/rules/__init__.py"]])
def test_functions_in_packages_of_both_are_shipped_and_imported(project, tmp_path, initial):
    write(project / "udfs" / "learners" / "chains.py", "OWN = True\n")
    write(project / "udfs" / "learners" / "mine.py", "from udfs.learners.chains import OWN\n")
    write(project / "udfs" / "rules" / "mine.py", "VALUE = 1\n")
    for name in initial:
        write(project / name, "")
    with ZipFile(udfs_archive(tmp_path / "scratch")) as archive:
        assert archive.read("udfs/learners/chains.py") == b"OWN = True\n"
        assert {"udfs/learners/mine.py", "udfs/rules/mine.py"} < set(archive.namelist())
    # The packaged modules beside them are found as before.
    values = ("udfs.learners.mine.OWN", "udfs.rules.mine.VALUE", "udfs.learners.plain_state.MAGIC")
    assert printed(*values) == "True 1 b'flowsift learner state\\n'\n"


def printed(*values):
    """What a process in the project prints of values of modules, which it imports."""
    modules = ", ".join(value.rpartition(".")[0] for value in values)
    program = (
        "from flowsift.catalog.project import import_functions_from_project; import_functions_from_project()\n"
        f"import {modules}; print({', '.join(values)})"
    )
    paths = f"{REPOSITORY}:{REPOSITORY / 'jobs'}"
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env={"PYTHONPATH": paths}, capture_output=True, text=True, check=True).stdout


def test_connectors_of_the_project_come_first(project):
    write(project / "jars" / "connector.jar", "")
    assert connector_jars() == [project / "jars" / "connector.jar"]

"""Where files are: those of the package, and those of the user's project, which lie over them.

A project is a folder with a flowsift.toml, made by `flowsift init`. In the repository, outside of such a folder, the
repository itself is the project, and nothing lies over its files.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from flowsift.errors import UserError

MARKER = "flowsift.toml"

_PACKAGE = Path(__file__).resolve().parents[1]
_IS_INSTALLED = (_PACKAGE / "sql").is_dir()
# None where the package was installed from a wheel.
REPOSITORY = None if _IS_INSTALLED else _PACKAGE.parents[1]
SQL_ROOT = (REPOSITORY or _PACKAGE) / "sql"
FUNCTIONS_ROOT = (REPOSITORY or _PACKAGE.parent) / "udfs"
# What `make jars` fetches; a wheel has none.
JARS_ROOT = SQL_ROOT.parent / "docker" / "jars"


def project_root() -> Path | None:
    """The project of the working directory: the nearest folder upwards with the marker, or else the repository."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / MARKER).is_file()), REPOSITORY)


def own_project() -> Path:
    """The project of the working directory; raises UserError where there is none."""
    root = project_root()
    if root is None:
        raise UserError(f"there is no {MARKER} here or above; make a project with: flowsift init NAME")
    return root


def sql_roots() -> tuple[Path, ...]:
    """The trees of SQL files; a file of a later one replaces that of the same name in an earlier one."""
    return (SQL_ROOT, *_own("sql"))


def function_roots() -> tuple[Path, ...]:
    """The folders of the package `udfs`; a module of a later one replaces that of the same name in an earlier one."""
    return (FUNCTIONS_ROOT, *_own("udfs"))


def connector_jars() -> list[Path]:
    """The jars that a job over Kafka brings along: those in the project's jars/, or else what `make jars` fetched."""
    return _jars(*_own("jars")) or _jars(JARS_ROOT / "connectors")


def import_functions_from_project() -> None:
    """Make modules of the project's udfs/ modules of the package `udfs`; call it before any of them is imported.

    This holds for its sub-packages as well: the project's udfs/learners/chains.py replaces `udfs.learners.chains`, with
    or without an __init__.py beside it. It is what a job's workers see, to which the folders are sent as one.
    """
    roots = function_roots()[::-1]
    # A package comes before those inside it, which are then found in the project too.
    for packaged in sorted(path.parent for path in FUNCTIONS_ROOT.rglob("__init__.py")):
        folder = packaged.relative_to(FUNCTIONS_ROOT)
        package = import_module(".".join(("udfs", *folder.parts)))
        package.__path__[:] = [str(root / folder) for root in roots]


def _jars(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.glob("*.jar"))


def _own(folder: str) -> tuple[Path, ...]:
    root = project_root()
    return () if root in (None, REPOSITORY) else (root / folder,)

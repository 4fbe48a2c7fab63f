"""A new project: a folder of the user's own SQL files, Python functions and cases, over those of the package."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from flowsift.catalog.project import MARKER
from flowsift.errors import UserError, shown

_FILES = {
    MARKER: """\
# This file makes the folder a project of flowsift: commands find it from here and from any folder below.
""",
    "README.md": """\
# {name}

A project of flowsift. What is here lies over what flowsift brings along:

- `sql/analyses/` holds your analyses, one a file. A file of the same path as a packaged one replaces it.
  `flowsift list` says which file is whose, and where the packaged ones are.
- `udfs/` holds Python functions: `my_score` of `udfs/mine.py` is `CREATE FUNCTION my_score AS 'udfs.mine.my_score'
  LANGUAGE PYTHON` in `sql/analyses/my_score.sql`.
- `tests/cases/` holds the cases of your analyses.
- `jars/` may hold the jar of Flink's Kafka connector, for input from Kafka and output to it, and that of zstd-jni, for
  what is compressed with zstd.

The first steps:

    flowsift new port_scans --title "Hosts that try many ports"
    flowsift check
    flowsift test
    flowsift generate --output traffic.jsonl --plant all
    flowsift run port_scans --source flows --input traffic.jsonl --output results
""",
    ".gitignore": """\
/build/
/results/
/jars/
/traffic.jsonl*
*.truth.jsonl
__pycache__/
""",
}
_FOLDERS = ("sql/analyses", "udfs", "tests/cases")


def init(folder: Path) -> str:
    """Write a project into a folder that is not there, or empty; returns what to do next.

    Raises UserError, and writes nothing, where something is in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{shown(folder)} exists and is not empty; choose another name")
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True)
        (folder / name / ".gitkeep").touch()
    for name, text in _FILES.items():
        (folder / name).write_text(text.replace("{name}", folder.resolve().name), encoding="utf-8")
    return f"wrote {shown(folder)}/; its README.md names the next steps, from: cd {quote(shown(folder))}"

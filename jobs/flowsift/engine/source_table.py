"""What the table of a source must be, and what its header says of records that are no flows."""

from __future__ import annotations

import re

from flowsift.catalog.file import SqlFile
from flowsift.engine.contract import REQUIRED_COLUMNS
from flowsift.engine.endpoints import quoted
from flowsift.errors import Problem, Problems

# What the format reads; engine/format/Field.java has it, too.
_TYPES = "BIGINT, INT, DOUBLE, BOOLEAN, TIMESTAMP_LTZ or STRING"
_TYPE = re.compile(
    r"BIGINT|INT|DOUBLE|BOOLEAN|STRING|VARCHAR\(\d+\)|TIMESTAMP_LTZ\(\d\)|TIMESTAMP\(\d\) WITH LOCAL TIME ZONE"
)


def refuse_faults(source: SqlFile, columns: list[str], fields: list[tuple[str, str]]) -> None:
    """Raise Problems for columns that a source lacks, and for (name, type) of fields that no format reads."""
    if missing := [name for name in REQUIRED_COLUMNS if name not in columns]:
        raise Problems([Problem(source.path, 1, 1, f"a source must define the column {name}") for name in missing])
    message = f"a field of a record is {_TYPES}"
    wrong = [
        Problem(source.path, *(source.find(re.escape(name)) or (1, 1)), f"{name}: {message}, not {kind}")
        for name, kind in fields
        if not _TYPE.fullmatch(kind)
    ]
    if wrong:
        raise Problems(wrong)


def skip_reason(source: SqlFile) -> str:
    """Expression for why a record is no flow, NULL if it is one: what the format says, or the source's header."""
    cases = "".join(f" WHEN {condition} THEN {quoted(why)}" for condition, why in source.skips)
    return f"CASE WHEN line_skipped IS NOT NULL THEN line_skipped{cases} END"

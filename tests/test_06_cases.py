"""Case folders: tests/cases/<analysis>/<what happens>/ with input.jsonl, <sink>.jsonl as expected, parameters.json.

An expected row names the columns that matter; rows are compared without order, floats with a tolerance.
"""

import json
import math
from pathlib import Path

import pytest

from jobs.library import Library

CASES = sorted(path.parent for path in Path(__file__).with_name("cases").glob("*/*/input.jsonl"))


def same(expected, found):
    if isinstance(expected, float):
        return found is not None and math.isclose(expected, found, rel_tol=1e-9, abs_tol=1e-9)
    return expected == found


def differences(expected: list[dict], found: list[dict]) -> list[str]:
    """Readable lines: "- " for an expected row that is missing, "+ " for a row that nobody expected."""
    left, missing = list(found), []
    for row in expected:
        match = next((other for other in left if all(same(v, other.get(k)) for k, v in row.items())), None)
        if match is None:
            missing.append(f"- {json.dumps(row)}")
        else:
            left.remove(match)
    return missing + [f"+ {json.dumps(row)}" for row in left]


def test_a_difference_is_seen():
    assert differences([{"a": 1.0}], [{"a": 1.0 + 1e-12, "b": 2}]) == []
    assert differences([{"a": 1}], [{"a": 2}]) == ['- {"a": 1}', '+ {"a": 2}']
    assert differences([], [{"a": 2}]) == ['+ {"a": 2}']


@pytest.mark.parametrize("analysis", Library().folder("analyses"))
def test_every_analysis_has_cases(analysis):
    cases = [path.name for path in CASES if path.parent.name == analysis]
    assert any("stays_" in name for name in cases)
    assert any("late_and_broken" in name for name in cases)
    assert len(cases) >= 3


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_case(case: Path, run_files):
    parameters = case / "parameters.json"
    sinks = run_files(
        case / "input.jsonl", case.parent.name, **(json.loads(parameters.read_text()) if parameters.exists() else {})
    )
    wrong = {}
    for path in case.glob("*.jsonl"):
        if path.name != "input.jsonl":
            expected = [json.loads(line) for line in path.read_text().splitlines()]
            wrong[path.stem] = differences(expected, sinks(path.stem))
    assert case.parent.name in wrong
    assert not any(wrong.values()), "\n".join(
        f"{sink}:\n  " + "\n  ".join(rows) for sink, rows in wrong.items() if rows
    )

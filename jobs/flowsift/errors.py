"""Errors that the user can correct: shown as one line each, without a trace."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


class UserError(Exception):
    """What is wrong and the cure, in one line."""


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong at one position of a file, and the cure; lines and columns count from 1."""

    path: Path
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{shown(self.path)}:{self.line}:{self.column}: {self.message}"


class Problems(UserError):
    """Everything that is wrong, each a line."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, sorted(set(problems)))))
        self.problems = problems


_PACKAGE = Path(__file__).resolve().parent


def shown(path: Path) -> str:
    """A path as short as it can be from where the user is; of a packaged SQL file, from the package."""
    if path.is_relative_to(_PACKAGE / "sql"):
        return str(path.relative_to(_PACKAGE.parent))
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative

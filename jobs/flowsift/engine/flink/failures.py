"""Failures of a job that have a known cure, found anywhere in what Java says: its last cause rarely names it."""

from __future__ import annotations

import re

# (what Java says, what we say), the most telling first.
_FAILURES = (
    (
        r"com[./]github[./]luben[./]zstd",
        "records are compressed with zstd, and the jar of com.github.luben:zstd-jni is missing; put it into jars/ of "
        "the project, or in the repository: make jars (needs Maven)",
    ),
)


def cure(text: str) -> str | None:
    """What a Java error means and what to do, in one line; None where we know of no cure."""
    for pattern, message in _FAILURES:
        if match := re.search(pattern, text):
            return message.format(**match.groupdict())
    return None

"""Do something again at each save of a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flowsift.errors import UserError

_POLL_S = 0.3


def at_each_save(folders: list[Path], work: Callable[[], object]) -> None:
    """Do the work now and whenever a file in these folders changes, until interrupted; its errors are shown."""
    while True:
        seen = _state(folders)
        print(f"--- {datetime.now():%H:%M:%S}", flush=True)
        try:
            work()
        except (UserError, OSError) as error:  # a file may be gone for a moment while it is saved
            print(f"flowsift: {error}", file=sys.stderr)
        sys.stdout.flush()
        while _state(folders) == seen:
            time.sleep(_POLL_S)


def _state(folders: list[Path]) -> dict[Path, int]:
    state = {}
    for path in (path for folder in folders for suffix in ("*.sql", "*.py") for path in folder.rglob(suffix)):
        try:
            state[path] = path.stat().st_mtime_ns
        except FileNotFoundError:
            continue  # editors replace a file when they save it; the next look sees it
    return state

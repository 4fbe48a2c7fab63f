"""Do something again at each save of a file."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from flowsift.errors import UserError

_SUFFIXES = (".sql", ".py")
_LOOK_MS = 300


class _Sources(DefaultFilter):
    """SQL and Python files, without what editors and Python keep beside them."""

    def __call__(self, change: Change, path: str) -> bool:
        return path.endswith(_SUFFIXES) and super().__call__(change, path)


def at_each_save(folders: list[Path], work: Callable[[], object]) -> None:
    """Do the work now and whenever a file in these folders changes, until interrupted; its errors are shown."""
    saves = watch(*folders, watch_filter=_Sources(), rust_timeout=_LOOK_MS, yield_on_timeout=True)
    next(saves)  # it begins to look before the work, so that what is saved while it works is seen too
    while True:
        print(f"--- {datetime.now():%H:%M:%S}", flush=True)
        try:
            work()
        except (UserError, OSError) as error:  # a file may be gone for a moment while it is saved
            print(f"flowsift: {error}", file=sys.stderr)
        sys.stdout.flush()
        try:
            while not next(saves):
                pass
        except KeyboardInterrupt:  # what the library makes of any signal, whatever our handler raised
            sys.exit(128 + signal.SIGINT)

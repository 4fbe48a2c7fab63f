"""A Python that starts Flink's beam_boot without the imports that it does not need.

Where functions run in the process that submits a job, Flink still starts a Python for each job, which only says there
that a worker is wanted. Its packages import all of Beam and pandas for that: two to three seconds of processor time.
Here they are empty, and what beam_boot itself imports is found in their folders as always.
"""

import importlib.util
import os
import runpy
import sys
from pathlib import Path
from types import ModuleType

BEAM_BOOT = "pyflink.fn_execution.beam.beam_boot"
_PACKAGES = ("apache_beam", "pyflink", "pyflink.fn_execution", "pyflink.fn_execution.beam")


def light_python(folder: Path) -> str:
    """A script in `folder`, for python.executable: this Python for all but a beam_boot of the loopback mode."""
    script = folder / "python.sh"
    script.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{__file__}' \"$@\"\n")
    script.chmod(0o755)
    return str(script)


def main(arguments: list[str]) -> None:
    """Do as Python does with these arguments, but lightly for a beam_boot of the loopback mode."""
    if arguments[:2] != ["-m", BEAM_BOOT] or "PYTHON_LOOPBACK_SERVER_ADDRESS" not in os.environ:
        os.execv(sys.executable, [sys.executable, *arguments])
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None, name
        package = ModuleType(name)
        package.__dict__["__path__"] = spec.submodule_search_locations
        sys.modules[name] = package
    sys.argv = [BEAM_BOOT, *arguments[2:]]
    runpy.run_module(BEAM_BOOT, run_name="__main__")


if __name__ == "__main__":
    del sys.path[0]  # that of this file; its neighbours are no modules of the whole process
    main(sys.argv[1:])

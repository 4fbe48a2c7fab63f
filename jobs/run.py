"""For Flink: flink run -py jobs/run.py with the arguments of `flowsift run`."""

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent)]

from flowsift.cli.main import program  # noqa: E402 - found by the line above

if __name__ == "__main__":
    program(["run", *sys.argv[1:]])

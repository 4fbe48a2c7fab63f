"""For Flink: flink run -py jobs/run.py with the arguments of `flowsift run`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jobs.cli import program

if __name__ == "__main__":
    program(["run", *sys.argv[1:]])

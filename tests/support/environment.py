"""The environment of this process, and of those that it starts as a user would."""

import os
from pathlib import Path

from flowsift.engine.flink.jvm import SHORT_LIVED

REPOSITORY = Path(__file__).parents[2]
CASES_ROOT = REPOSITORY / "tests" / "cases"
# Before Flink runs functions in this process and leaves variables of its own.
START_ENVIRONMENT = {"JVM_ARGS": SHORT_LIVED, **os.environ}


def give_the_jvm_room() -> None:
    """One JVM plans and runs hundreds of jobs: their code needs space, and the second compiler would need a core."""
    os.environ.setdefault("JVM_ARGS", f"{SHORT_LIVED} -XX:ReservedCodeCacheSize=512m")

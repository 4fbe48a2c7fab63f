"""A small job of learners alone, and the savepoint of it that later releases must read.

`savepoint_v1` holds the learners' state of version 1 after some windows each. It was made by

    python -m tests.golden.learned tests/golden/savepoint_v1

and is never made again for a version that exists: a new version of state gets a savepoint of its own beside the old
ones. The job has none of the SQL that is shipped, so that the ids of its operators do not change with it.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from urllib.parse import urlparse

from flowsift.engine.flink.api import environments
from flowsift.engine.flink.jvm import jvm, prepare_java
from flowsift.engine.settings import local_settings
from flowsift.scratch import scratch_folder
from pyflink.common import Encoder, JobClient, Row, Types
from pyflink.datastream import MapFunction
from pyflink.datastream.connectors.file_system import FileSink

from udfs.learners import behaviour, host_clusters
from udfs.learners.learner import Learner, Learning, all_alike

SAVEPOINT_V1 = Path(__file__).parent / "savepoint_v1"
# In some of these the savepoint is made; what goes on from it learns from the rest.
WINDOWS = 20
WINDOW_MS = 300_000
CLIENTS, SERVERS = [f"10.0.0.{i}" for i in range(1, 7)], [f"10.0.1.{i}" for i in range(1, 5)]
LEARNERS = (host_clusters.learner, behaviour.learner)

# Counts as in host_clusters.COUNTS.
_COUNTS = (
    (CLIENTS, [20, 1, 9_000, 90_000, 4, 2, 80, 0, 0, 0, 0]),
    (SERVERS, [2, 0, 300, 300, 1, 1, 2, 300, 900_000, 6, 1]),
)
# Of one window, by column: what the views that are shipped give the learners, all but the end of the window.
_ROWS = {
    "host_clusters": {
        "hosts": json.dumps([[host, *counts] for hosts, counts in _COUNTS for host in hosts]),
        "host_count": 10, "window_ms": WINDOW_MS, "max_clusters": 8, "max_hosts": 100, "half_life_minutes": 60.0,
        "warm_up_minutes": 30.0, "patience": 3, "min_flows": 3.0, "forget_hours": 24.0,
    },
    "behaviour": {
        "transitions": json.dumps([[host, "dns", "tls", "10.0.1.1", 20] for host in CLIENTS]),
        "transition_count": 6, "window_ms": WINDOW_MS, "half_life_minutes": 1440.0, "max_hosts": 100, "max_steps": 50,
        "max_peers": 50, "min_flows": 20.0, "min_windows": 3.0, "threshold": 4.0, "least_flows": 5, "min_bits": 2.0,
        "patience": 12, "forget_hours": 24.0,
    },
}  # fmt: skip
# What one client does in the last window, and never did before.
_UNUSUAL = json.dumps([["10.0.0.1", "tls", "tcp/4444", "203.0.113.9", 20]])
_NUMBERS = (
    "CREATE TABLE numbers (number BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '2', "
    f"'fields.number.kind' = 'sequence', 'fields.number.start' = '1', 'fields.number.end' = '{WINDOWS}')"
)


def start(learners: tuple[Learner, ...], settings: dict[str, str], output: Path) -> JobClient:
    """Start the job; files in `output` get lines of JSON: the learner's name and a row of its columns."""
    streams, tables = environments({**settings, "parallelism.default": "1"}, ())
    answers = []
    tables.execute_sql(_NUMBERS)
    for learner in learners:
        columns = {name: _literal(value) for name, value in _ROWS[learner.name].items()}
        if "transitions" in columns:
            columns["transitions"] = (
                f"CASE WHEN number < {WINDOWS} THEN {columns['transitions']} ELSE {_literal(_UNUSUAL)} END"
            )
        columns = {"window_end_ms": f"number * {WINDOW_MS}", **columns}
        rows = tables.sql_query(
            f"SELECT {', '.join(f'{value} AS {name}' for name, value in columns.items())} FROM numbers"
        )
        stream = tables.to_data_stream(rows)
        transformation = stream._j_data_stream.getTransformation()  # pyright: ignore[reportAttributeAccessIssue]
        for number, before in enumerate(transformation.getTransitivePredecessors()):
            before.setUid(f"{learner.name} {number}")
        answers.append(
            stream.key_by(all_alike, key_type=Types.INT())
            .process(Learning(learner, list(columns)), learner.row_type())
            .uid(learner.name)
            .map(_Line(learner), Types.STRING())
        )
    sink = FileSink.for_row_format(str(output), Encoder.simple_string_encoder()).build()
    # State of files is of use only where they are.
    answers[0].union(*answers[1:]).sink_to(sink).uid(str(output))
    return streams.execute_async("learners")


def answers_in(output: Path) -> list[tuple[str, dict]]:
    """(learner, row) of all whole lines, published or not."""
    lines = [line for path in output.rglob("*part-*") for line in path.read_text().rpartition("\n")[0].splitlines()]
    return [(name, row) for name, row in map(json.loads, lines)]


class _Line(MapFunction):
    """A row of a learner as a line of JSON."""

    def __init__(self, learner: Learner) -> None:
        self._name, self._columns = learner.name, [name for name, _ in learner.columns]

    def map(self, value: Row) -> str:
        return json.dumps([self._name, dict(zip(self._columns, value))])


def _literal(value: str | int | float) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"CAST({value} AS {'DOUBLE' if isinstance(value, float) else 'BIGINT'})"


def main(folder: Path) -> None:
    """Run the job until the clusters of hosts are known, and keep a savepoint of it in `folder`."""
    prepare_java()
    with scratch_folder() as scratch:
        job = start(LEARNERS, local_settings(scratch), scratch / "answers")
        while not any(name == host_clusters.learner.name for name, _ in answers_in(scratch / "answers")):
            time.sleep(0.2)
        # Python's own methods for this call what Flink 2 no longer has.
        canonical = jvm().org.apache.flink.core.execution.SavepointFormatType.CANONICAL
        savepoint = job._j_job_client.triggerSavepoint((scratch / "savepoints").as_uri(), canonical).get()
        job.cancel().result()
        shutil.copytree(urlparse(savepoint).path, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

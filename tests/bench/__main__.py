"""Throughput over a real broker: python -m tests.bench [RECORDS]; fewer than ten million measure start-up."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flowsift.catalog.library import Library
from flowsift.engine.endpoints import FileOutput, KafkaInput, options
from flowsift.engine.flink.jvm import prepare_java
from flowsift.engine.flink.kafka_admin import located
from flowsift.engine.job import Job, Run, udfs_archive
from flowsift.engine.results import rows
from flowsift.engine.settings import local_settings
from flowsift.testbed.clusters import kafka_broker
from flowsift.testbed.generate import Recipe, start_ms
from flowsift.testbed.progress import generate_to
from rich.console import Console
from rich.table import Table

from tests.bench.yardstick import host_anomalies

RATE = 5_000.0
QUERIES = {
    "raw scan": "SELECT message FROM messages WHERE message IS NULL",
    "parse and count": "SELECT COUNT(*) FROM records WHERE reject_reason IS NULL",
    "one window": "SELECT * FROM sent_per_src_1m",
}


def cpu_seconds() -> float:
    """Processor time of this process and of all that it started, but for the broker."""
    parents, times, names = {}, {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, fields = stat.read_text().rsplit(")", 1)
            command = stat.with_name("cmdline").read_text()
        except OSError:
            continue  # it ended while we looked
        pid, parts = int(name.split(" ", 1)[0]), fields.split()
        parents[pid], names[pid] = int(parts[1]), command
        times[pid] = sum(map(int, parts[11:15]))
    ours = {os.getpid()}
    for _ in range(len(parents)):
        more = {pid for pid, parent in parents.items() if parent in ours and "kafka.Kafka" not in names[pid]} - ours
        if not more:
            break
        ours |= more
    return sum(times[pid] for pid in ours) / os.sysconf("SC_CLK_TCK")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(wall seconds, CPU seconds)."""
    wall, cpu = time.monotonic(), cpu_seconds()
    work()
    return time.monotonic() - wall, cpu_seconds() - cpu


def query(run: Run, settings: dict[str, str], sql: str) -> Callable[[], object]:
    """A job that runs one query over the views of the library and throws its rows away."""
    from pyflink.table import TableDescriptor

    environment = Job(run, Library(), settings).pipeline.environment
    raw = {**run.input.options({}), "value.format": "raw"}
    raw = {name: value for name, value in raw.items() if "accounted" not in name}
    environment.execute_sql(f"CREATE TABLE messages (message BYTES) WITH ({options(raw)})")
    statements = environment.create_statement_set()
    statements.add_insert(TableDescriptor.for_connector("blackhole").build(), environment.sql_query(sql))
    return lambda: statements.execute().wait()


def main() -> None:
    """Fill a topic, run everything in turn, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("records", nargs="?", type=int, default=12_000_000)
    records = parser.parse_args().records
    prepare_java()
    table = Table(
        "what", "seconds", "CPU s", "records/s", "of raw scan", "of yardstick", title=f"{os.cpu_count()} cores"
    )
    with tempfile.TemporaryDirectory(prefix="flowsift-bench-") as name, kafka_broker(Path(name) / "kafka") as server:
        folder = Path(name)
        recipe = Recipe(start_ms=start_ms("2025-01-06T12:30:00", 0), duration_s=int(records / RATE), rate=RATE)
        sent = generate_to(recipe, KafkaInput(server, "flows", True, {}), None)
        settings = {
            **local_settings(folder),
            "execution.checkpointing.interval": "10 s",
            "python.files": str(udfs_archive(folder)),
        }
        records_in = KafkaInput(server, "flows", True, {})
        run = Run("flows", records_in, FileOutput(folder / "results"))
        run = replace(run, input=located(records_in, run.jars))
        # The JVM's first jobs are its slowest, and no long-running job has them: warm up on a sixth of the volume.
        warm_up = KafkaInput(server, "warm-up", True, {})
        generate_to(replace(recipe, duration_s=recipe.duration_s // 6), warm_up, None)
        warm_up = located(warm_up, run.jars)
        Job(replace(run, input=warm_up, output=FileOutput(folder / "warm-up")), Library(), settings).submit().wait()
        results: dict[str, tuple[float, float]] = {}
        for what, sql in QUERIES.items():
            results[what] = timed(query(run, settings, sql))
        results["yardstick, one process"] = timed(lambda: print(host_anomalies(server, "flows")))
        for analyses in (
            ["host_anomalies"], ["host_anomalies", "anomaly_explanations"], ["flow_rules"], ["flow_rule_changes"],
            ["service_rules"], ["host_clusters"], ["cluster_changes"], ["traffic_forecasts"], ["next_services"], [],
        ):  # fmt: skip
            what = f"{', '.join(analyses) or 'all analyses'}, accounted"
            output = FileOutput(folder / what)
            job = Job(replace(run, analyses=analyses, output=output), Library(), settings)
            results[what] = timed(lambda job=job: job.submit().wait())
            print(what, rows(output.folder / "ledger")[-1])
        raw, yardstick = results["raw scan"][0], results["yardstick, one process"][0]
        for what, (wall, cpu) in results.items():
            table.add_row(
                what, f"{wall:.1f}", f"{cpu:.1f}", f"{sent / wall:,.0f}", f"{raw / wall:.2f}", f"{yardstick / wall:.2f}"
            )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()

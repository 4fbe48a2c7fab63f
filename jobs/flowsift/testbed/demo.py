"""Generate traffic with planted incidents, run every analysis over it, and show what was found of what was planted."""

from __future__ import annotations

import shutil
from pathlib import Path

from flowsift.catalog.library import Library
from flowsift.engine.contract import DETECTIONS, LEDGER
from flowsift.engine.endpoints import FileOutput, KafkaInput, parse_input
from flowsift.engine.job import Run
from flowsift.engine.results import rows
from flowsift.engine.submit import run
from flowsift.errors import UserError
from flowsift.report import topics
from flowsift.report.progress import watch
from flowsift.report.summary import print_ledger, sum_up
from flowsift.testbed.generate import KINDS, Recipe
from flowsift.testbed.progress import generate_to
from flowsift.testbed.scoreboard import show

RECIPE = Recipe(plants=KINDS, rate=60.0)


def demo(folder: Path, *, kafka: bool) -> None:
    """Run the demo in `folder`, which is emptied first."""
    marker = folder / ".flowsift-demo"
    if folder.exists() and not marker.exists() and any(folder.iterdir()):
        raise UserError(f"{folder} is not empty and not from an earlier demo; name another with --folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    marker.touch()
    (over_kafka if kafka else over_files)(folder)


def parameters(library: Library) -> dict[str, str]:
    """What the headers of SQL files set for the demo, since two hours are short."""
    return {name: value for file in library.files for name, value in file.demo_parameters.items()}


def _settings(values: dict[str, str]) -> list[str]:
    return [part for name, value in values.items() for part in ("--set", f"{name}={value}")]


def over_files(folder: Path) -> None:
    """On the embedded mini-cluster, from a file to files."""
    traffic, results = folder / "traffic.jsonl", folder / "results"
    generate_to(RECIPE, traffic, folder / "truth.jsonl")
    source = parse_input(str(traffic), bounded=True, properties={})
    values = parameters(Library())
    request = Run("flows", source, FileOutput(results.resolve()), parameters=values)
    run(request, {}, watching=watch)
    show(folder / "truth.jsonl", rows(results / DETECTIONS))
    print(f"With other parameters than by default, since two hours are short: {' '.join(_settings(values))}")
    sum_up(request)


def over_kafka(folder: Path) -> None:
    """Over a real broker and a real standalone cluster, submitted with `flink run`."""
    from flowsift.testbed.clusters import flink_cluster, kafka_broker

    print("starting a Kafka broker and a Flink cluster on this machine")
    with kafka_broker(folder / "kafka") as server, flink_cluster(folder / "flink") as cluster:
        generate_to(RECIPE, KafkaInput(server, "flows", True, {}), folder / "truth.jsonl")
        arguments = ["--source", "flows", "--input", f"kafka://{server}/flows", "--output", f"kafka://{server}"]
        arguments += ["--bounded", *_settings(parameters(Library()))]
        print(f"flink run -m {cluster.rest} -py jobs/run.py {' '.join(arguments)}")
        submitted = cluster.run(arguments)
        if submitted.returncode != 0:
            raise UserError(f"flink run failed; its logs are in {folder}/flink/log\n{submitted.stderr[-2_000:]}")
        show(folder / "truth.jsonl", topics.rows(server, DETECTIONS))
        print_ledger(topics.rows(server, LEDGER))
        print(f"Results were in the topics of {server}, which goes now; logs are in {folder}")

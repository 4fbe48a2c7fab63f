"""Generating traffic under a progress bar."""

from __future__ import annotations

import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from flowsift.engine.endpoints import KafkaInput
from flowsift.engine.recordings import TRUTH_SUFFIX
from flowsift.testbed.generate import Recipe, to_file, to_kafka, write_truth


def generate_to(
    recipe: Recipe, target: Path | KafkaInput, truth_path: Path | None, per_second: float | None = None
) -> int:
    """Write traffic to a file or topic under a progress bar, and the truth beside it; returns the number of records."""
    begin, total = time.monotonic(), 0
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[lines]:,} records"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("generating", total=recipe.duration_s * 1_000, lines=0)

        def advance(lines: int, time_ms: int) -> None:
            nonlocal total
            total += lines
            progress.update(task, completed=min(time_ms - recipe.start_ms, recipe.duration_s * 1_000), lines=total)

        if isinstance(target, KafkaInput):
            truth = to_kafka(recipe, target.server, target.topic, target.properties, per_second, advance)
            name, truth_path = (
                f"kafka://{target.server}/{target.topic}",
                truth_path or Path(target.topic + TRUTH_SUFFIX),
            )
        else:
            truth = to_file(recipe, target, advance)
            name, truth_path = str(target), truth_path or target.with_name(target.name + TRUTH_SUFFIX)
    if truth:
        write_truth(truth_path, truth)
    seconds = time.monotonic() - begin
    print(f"{total:,} records to {name} in {seconds:.1f} s" + (f"; what was planted: {truth_path}" if truth else ""))
    return total

"""What a run did, in a few lines."""

from __future__ import annotations

from flowsift.catalog.library import Library
from flowsift.engine.contract import LEDGER, LEDGER_COUNTS
from flowsift.engine.endpoints import FileOutput
from flowsift.engine.job import Run
from flowsift.engine.results import row_count, rows


def sum_up(request: Run) -> None:
    """Print what came out, the ledger where it can be read, and where the results are."""
    if isinstance(request.output, FileOutput):
        folder = request.output.folder
        sinks = request.sinks(Library())
        counts = {file.name: row_count(folder / file.name) for file in sinks if file.name != LEDGER}
        print("Rows: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))
        print_ledger(rows(folder / LEDGER))
        print(f"Results: {request.output.folder}/<sink>/")
    else:
        print(f"Results: the topics of {request.output.server} named {request.output.prefix}<sink>")


def print_ledger(ledger: list[dict]) -> None:
    """Print what became of all records, and whether it adds up."""
    total = {name: sum(row[name] for row in ledger) for name in LEDGER_COUNTS}
    sums = "  ".join(f"{name} {count:,}" for name, count in total.items())
    received, *became = total.values()
    balanced = received == sum(became)
    print(f"Ledger: {sums}  ({'every record is accounted for' if balanced else 'IT DOES NOT BALANCE'})")

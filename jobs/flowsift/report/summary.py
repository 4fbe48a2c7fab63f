"""What a run did, in a few lines."""

from __future__ import annotations

from flowsift.catalog.library import Library
from flowsift.engine.contract import LATE_FLOWS, LEDGER, LEDGER_COUNTS, SKIPPED_RECORDS, WATERMARK_DELAY
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
        print_skipped(rows(folder / SKIPPED_RECORDS))
        if late := counts.get(LATE_FLOWS):
            print(_advice(rows(folder / LATE_FLOWS), late / max(_total(rows(folder / LEDGER), "received"), 1), request))
        print(f"Results: {request.output.folder}/<sink>/")
    else:
        print(f"Results: the topics of {request.output.server} named {request.output.prefix}<sink>")


def print_ledger(ledger: list[dict]) -> None:
    """Print what became of all records, and whether it adds up."""
    total = {name: _total(ledger, name) for name in LEDGER_COUNTS}
    sums = "  ".join(f"{name} {count:,}" for name, count in total.items())
    received, *became = total.values()
    balanced = received == sum(became)
    print(f"Ledger: {sums}  ({'every record is accounted for' if balanced else 'IT DOES NOT BALANCE'})")


def print_skipped(skipped: list[dict]) -> None:
    """Print what the source says is no flow, by reason."""
    reasons = dict.fromkeys(row["skip_reason"] for row in skipped)
    for reason in reasons:
        count = _total([row for row in skipped if row["skip_reason"] == reason], "skipped")
        print(f"Skipped: {count:,} {reason}")


def _advice(late: list[dict], share: float, request: Run) -> str:
    """How long windows would have to wait for all but one in a hundred of these flows."""
    behind = sorted(row["behind_seconds"] for row in late)
    most = behind[(len(behind) - 1) * 99 // 100]
    delay = int(request.parameters.get(WATERMARK_DELAY) or Library().source(request.source).delay_s)
    return (
        f"Late: {share:.2%}, by up to {most} s; to count them, raise {WATERMARK_DELAY} from {delay} to {delay + most}"
    )


def _total(table: list[dict], column: str) -> int:
    return sum(row[column] for row in table)

"""The picture in the README, out of the results of `make demo`: python -m flowsift.testbed.picture RESULTS PICTURE."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console

from flowsift.engine.contract import DETECTIONS
from flowsift.engine.results import rows
from flowsift.testbed.scoreboard import found_table


def draw(folder: Path, picture: Path) -> None:
    """Write what the demo in `folder` shows as SVG."""
    console = Console(record=True, width=120, file=io.StringIO())
    console.print(found_table(folder / "truth.jsonl", rows(folder / "results" / DETECTIONS)))
    svg = console.export_svg(title="make demo")
    # A picture on a page fetches no font.
    picture.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S), encoding="utf-8")


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))

"""Try an analysis on recorded traffic and show its first rows."""

from __future__ import annotations

import argparse
import sys

from flowsift.cli.arguments import add_parameters, add_watch, again, count, pairs
from flowsift.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("analysis", metavar="ANALYSIS")
    parser.add_argument("--input", required=True, metavar="INPUT", help="FILE, DIR or GLOB of recorded traffic")
    parser.add_argument("--source", default="flows", help="format of the records (default: flows)")
    parser.add_argument("--limit", type=count, default=20, metavar="N", help="how many rows to show (default: 20)")
    parser.add_argument(
        "--compare", action="store_true", help="show what an edit, or --set, changes since the last commit"
    )
    add_parameters(parser)
    add_watch(parser)


def main(arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.engine.endpoints import parse_files
    from flowsift.workbench.compare import compare
    from flowsift.workbench.preview import Preview, preview

    if arguments.input.startswith("kafka:"):
        raise UserError("preview reads recorded traffic: --input FILE, DIR or GLOB")
    recorded = parse_files(arguments.input, Library().source(arguments.source).file_names)
    if recorded.left_out:
        print(f"left out of {recorded.name}: {recorded.left_out}", file=sys.stderr)
    asked = Preview(arguments.analysis, arguments.source, recorded, pairs(arguments.set, "--set"), arguments.limit)
    again(arguments, lambda: (compare if arguments.compare else preview)(asked, Library()))

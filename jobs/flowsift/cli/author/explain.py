"""Show what an analysis reads, what it keeps and for how long, and what it writes."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("analysis", metavar="ANALYSIS")
    parser.add_argument("--plan", action="store_true", help="print Flink's plan instead")


def main(arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.planner.explain import explain, flinks_plan

    library = Library()
    for file in library.analyses([arguments.analysis]):
        print((flinks_plan if arguments.plan else explain)(library, file))

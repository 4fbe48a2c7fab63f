"""Tell what an analysis reads, does, keeps and writes."""

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

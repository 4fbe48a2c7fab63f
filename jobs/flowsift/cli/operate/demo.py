"""Generate traffic, run every analysis, show what was found."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", default="build/demo", help="for traffic and results (default: build/demo)")
    parser.add_argument(
        "--kafka", action="store_true", help="over a real broker and a standalone cluster, by flink run"
    )


def main(arguments: argparse.Namespace) -> None:
    from flowsift.testbed.demo import demo

    demo(Path(arguments.folder), kafka=arguments.kafka)

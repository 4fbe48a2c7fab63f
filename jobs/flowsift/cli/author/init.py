"""Make a project: a folder for analyses, functions and cases of your own."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="NAME", type=Path, help="of the folder, which is made")


def main(arguments: argparse.Namespace) -> None:
    from flowsift.workbench.init import init

    print(init(arguments.folder))

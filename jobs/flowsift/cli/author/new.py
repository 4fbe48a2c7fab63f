"""Write a new analysis that works, with its cases, to edit."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="ANALYSIS", help="in snake_case, such as port_scans")
    parser.add_argument("--title", default="", help="what it shows, in a sentence")


def main(arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.catalog.project import own_project
    from flowsift.workbench.new import new, next_steps

    written = new(Library(), arguments.name, own_project(), arguments.title)
    print(next_steps(arguments.name, written))

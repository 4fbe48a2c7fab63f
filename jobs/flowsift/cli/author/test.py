"""Run the cases of analyses and show where their rows are not as expected."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="ANALYSIS", help="or ANALYSIS/CASE; all cases where none is named")
    parser.add_argument("--accept", action="store_true", help="show what differs, and make it what is expected")


def main(arguments: argparse.Namespace) -> int:
    from flowsift.catalog.library import Library
    from flowsift.catalog.project import own_project
    from flowsift.workbench.cases import CASES_FOLDER, run_cases

    cases = own_project() / CASES_FOLDER
    return 0 if run_cases(Library(), arguments.names, cases, accept=arguments.accept) else 1

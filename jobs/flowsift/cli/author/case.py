"""Cut a case for an analysis out of a recording."""

from __future__ import annotations

import argparse

from flowsift.cli.arguments import add_parameters, pairs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="ANALYSIS/CASE", help="such as host_anomalies/fires_on_a_port_scan")
    parser.add_argument("--source", default="flows", help="format of the records (default: flows)")
    parser.add_argument("--input", required=True, metavar="FILE", help="the recording")
    parser.add_argument(
        "--from", required=True, dest="begin", metavar="TIME", help="keep what ends from then on, in UTC"
    )
    parser.add_argument("--to", required=True, dest="end", metavar="TIME", help="and before then")
    parser.add_argument("--host", metavar="ADDR", help="keep only records that name this address in any field")
    add_parameters(parser)


def main(arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.catalog.project import own_project
    from flowsift.workbench.cases import CASES_FOLDER
    from flowsift.workbench.cut import Cut, make_case, moment_ms

    begin, end = moment_ms(arguments.begin, "--from"), moment_ms(arguments.end, "--to")
    cut = Cut(arguments.source, begin, end, arguments.host)
    cases = own_project() / CASES_FOLDER
    make_case(Library(), arguments.name, arguments.input, cut, pairs(arguments.set, "--set"), cases)

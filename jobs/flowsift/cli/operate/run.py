"""Run analyses over traffic, as one Flink job."""

from __future__ import annotations

import argparse
import sys

from flowsift.cli.arguments import add_parameters, add_properties, pairs, properties


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("analyses", nargs="*", metavar="ANALYSIS", help="which to run; all where none is named")
    parser.add_argument("--source", required=True, help="format of the records; see list")
    parser.add_argument(
        "--input",
        required=True,
        metavar="INPUT",
        help="FILE, DIR, GLOB, kafka://HOST:PORT/TOPIC,… or kafka://HOST:PORT/re:PATTERN",
    )
    parser.add_argument("--output", required=True, metavar="OUTPUT", help="DIR or kafka://HOST:PORT, a topic a sink")
    add_parameters(parser)
    parser.add_argument("--from", dest="start", metavar="START", help="earliest (default), latest, group, or a time")
    parser.add_argument(
        "--group", metavar="NAME", help="Kafka group that offsets are kept for (default: flowsift-NAME)"
    )
    parser.add_argument("--bounded", action="store_true", help="end at the topic's latest offsets")
    parser.add_argument(
        "--watch-folder", action="store_true", help="read for ever what appears in the folder or will match the pattern"
    )
    parser.add_argument("--topic-prefix", default="", metavar="PREFIX", help="put before the names of output topics")
    parser.add_argument("--name", default="main", help="tells this run's Kafka transactions from those of others")
    parser.add_argument("--flink", action="append", default=[], metavar="KEY=VALUE", help="a setting of Flink")
    parser.add_argument("--explain", action="store_true", help="print Flink's plan and end")
    parser.add_argument("--print", action="store_true", help="print the job as a script for Flink's sql-client and end")
    parser.add_argument("--trace", action="store_true", help="show the Java trace of an error")
    add_properties(parser)


def main(arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.engine.client_settings import for_connector
    from flowsift.engine.endpoints import FileInput, parse_input, parse_output, parse_start
    from flowsift.engine.job import Run
    from flowsift.engine.submit import plan, run, script
    from flowsift.report.progress import watch
    from flowsift.report.summary import sum_up

    kafka = for_connector(properties(arguments))
    output = parse_output(
        arguments.output, prefix=arguments.topic_prefix, properties=kafka, run_name=arguments.name
    )  # fmt: skip
    source = parse_input(
        arguments.input, bounded=arguments.bounded, properties=kafka,
        start=parse_start(arguments.start) if arguments.start else None,
        group=arguments.group or f"flowsift-{arguments.name}",
        names=Library().source(arguments.source).file_names, watches=arguments.watch_folder,
    )  # fmt: skip
    request = Run(arguments.source, source, output, arguments.analyses, pairs(arguments.set, "--set"))
    settings = pairs(arguments.flink, "--flink")
    if isinstance(source, FileInput) and source.left_out:
        print(f"left out of {source.name}: {source.left_out}", file=sys.stderr)
    if arguments.explain or arguments.print:
        print((plan if arguments.explain else script)(request, settings))
        return
    run(request, settings, watching=watch)
    if source.bounded:
        sum_up(request)

"""What a user may type: commands, their arguments, and what an argument means."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from flowsift.errors import UserError

_PROPERTY = re.compile(r"([^\s=:]+)\s*[=:\s]\s*(.*)")
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def duration_s(text: str) -> int:
    """Seconds in a duration such as 90s, 30m, 2h or 7d."""
    match = re.fullmatch(r"(\d+)\s*([smhd])", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"expected a duration such as 90s, 30m, 2h or 7d, got {text!r}")
    return int(match[1]) * _UNITS[match[2]]


def count(text: str) -> int:
    """A number from 1 up."""
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"expected a number from 1 up, got {text!r}")
    return int(text)


def pairs(arguments: list[str], option: str) -> dict[str, str]:
    """NAME=VALUE arguments as a dict; an error never shows a value."""
    values = {}
    for argument in arguments:
        name, sign, value = argument.partition("=")
        if not sign or not name:
            raise UserError(f"{option}: expected NAME=VALUE, and one argument has no name before a =")
        values[name.strip()] = value.strip()
    return values


def properties(arguments: argparse.Namespace) -> dict[str, str]:
    """Client settings for Kafka, from --properties FILE and then --property KEY=VALUE."""
    values: dict[str, str] = {}
    if arguments.properties:
        try:
            text = Path(arguments.properties).read_text(encoding="utf-8")
        except OSError as error:
            raise UserError(f"--properties {arguments.properties}: {error.strerror}") from None
        for line in map(str.strip, text.replace("\\\n", "").splitlines()):
            if line and not line.startswith(("#", "!")):
                match = _PROPERTY.fullmatch(line)
                if match is None:
                    raise UserError(f"--properties {arguments.properties}: expected key=value in every line")
                values[match[1]] = match[2]
    return values | pairs(arguments.property, "--property")


def parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    parser = argparse.ArgumentParser(prog="flowsift", description="Streaming network analytics on Apache Flink.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run analyses over traffic", description="Run analyses as one Flink job.")
    run.add_argument("analyses", nargs="*", metavar="ANALYSIS", help="which to run; all where none is named")
    run.add_argument("--source", required=True, help="format of the records; see list")
    run.add_argument("--input", required=True, metavar="INPUT", help="FILE, DIR, GLOB or kafka://HOST:PORT/TOPIC")
    run.add_argument("--output", required=True, metavar="OUTPUT", help="DIR or kafka://HOST:PORT, a topic a sink")
    _add_parameters(run)
    run.add_argument("--bounded", action="store_true", help="end at the topic's latest offsets")
    run.add_argument("--topic-prefix", default="", metavar="PREFIX", help="put before the names of output topics")
    run.add_argument("--name", default="main", help="tells this run's Kafka transactions from those of others")
    run.add_argument("--flink", action="append", default=[], metavar="KEY=VALUE", help="a setting of Flink")
    run.add_argument("--explain", action="store_true", help="print Flink's plan and end")
    run.add_argument("--print", action="store_true", help="print the job as a script for Flink's sql-client and end")
    run.add_argument("--trace", action="store_true", help="show the Java trace of an error")
    _add_properties(run)

    check = commands.add_parser("check", help="plan SQL files and say what is wrong with them, without running a job")
    check.add_argument("files", nargs="*", metavar="FILE", help="which to check, with what stands on them; all if none")
    check.add_argument("--against", metavar="SAVEPOINT", help="say which state of a stopped job survives the edit")
    check.add_argument("--source", default="flows", help="format of the job's records, with --against (default: flows)")
    _add_parameters(check)
    _add_watch(check)

    explain = commands.add_parser("explain", help="tell what an analysis reads, does, keeps and writes")
    explain.add_argument("analysis", metavar="ANALYSIS")
    explain.add_argument("--plan", action="store_true", help="print Flink's plan instead")

    commands.add_parser("reference", help="bring the reference pages under docs/analyses/ up to date")

    preview = commands.add_parser("preview", help="try an analysis on recorded traffic and show its first rows")
    preview.add_argument("analysis", metavar="ANALYSIS")
    preview.add_argument("--input", required=True, metavar="INPUT", help="FILE, DIR or GLOB of recorded traffic")
    preview.add_argument("--source", default="flows", help="format of the records (default: flows)")
    preview.add_argument("--limit", type=count, default=20, metavar="N", help="how many rows to show (default: 20)")
    preview.add_argument(
        "--compare", action="store_true", help="show what an edit, or --set, changes since the last commit"
    )
    _add_parameters(preview)
    _add_watch(preview)

    new = commands.add_parser("new", help="write a new analysis that works, with its cases, to edit")
    new.add_argument("name", metavar="ANALYSIS", help="in snake_case, such as port_scans")
    new.add_argument("--title", default="", help="what it shows, in a sentence")

    test = commands.add_parser("test", help="run the cases of analyses and show where their rows are not as expected")
    test.add_argument("names", nargs="*", metavar="ANALYSIS", help="or ANALYSIS/CASE; all cases where none is named")
    test.add_argument("--accept", action="store_true", help="show what differs, and make it what is expected")

    case = commands.add_parser("case", help="cut a case for an analysis out of a recording")
    case.add_argument("name", metavar="ANALYSIS/CASE", help="such as octet_anomalies/fires_on_a_port_scan")
    case.add_argument("--source", default="flows", help="format of the records (default: flows)")
    case.add_argument("--input", required=True, metavar="FILE", help="the recording")
    case.add_argument("--from", required=True, dest="begin", metavar="TIME", help="keep what ends from then on, in UTC")
    case.add_argument("--to", required=True, dest="end", metavar="TIME", help="and before then")
    case.add_argument("--host", metavar="ADDR", help="keep only what this host sent or received")
    _add_parameters(case)

    commands.add_parser("list", help="show each analysis with its grain, parameters and sink")

    generate = commands.add_parser("generate", help="write traffic with planted incidents")
    generate.add_argument("--output", required=True, metavar="OUTPUT", help="FILE or kafka://HOST:PORT/TOPIC")
    generate.add_argument("--source", default="flows", help="format of the records (default: flows)")
    generate.add_argument("--duration", type=duration_s, default="2h", help="of the traffic (default: 2h)")
    generate.add_argument("--hosts", type=int, default=200, help="in the network (default: 200)")
    generate.add_argument("--rate", type=float, default=100.0, help="flows a second at the busiest hour (default: 100)")
    generate.add_argument("--seed", type=int, default=7, help="the same seed gives the same bytes (default: 7)")
    generate.add_argument("--plant", default="", metavar="KINDS", help="incidents, by comma, or all")
    generate.add_argument("--malformed", type=float, default=0.0005, help="share of broken records (default: 0.0005)")
    generate.add_argument("--start", default="2025-01-06T08:00:00", help="of the traffic, in UTC, or now")
    generate.add_argument(
        "--truth", metavar="FILE", help="where to write what was planted (default: OUTPUT.truth.jsonl)"
    )
    generate.add_argument("--per-second", type=float, help="send at most so many records a second to Kafka")
    _add_properties(generate)

    demo = commands.add_parser("demo", help="generate traffic, run every analysis, show what was found")
    demo.add_argument("--folder", default="build/demo", help="for traffic and results (default: build/demo)")
    demo.add_argument("--kafka", action="store_true", help="over a real broker and a standalone cluster, by flink run")
    return parser, commands.choices


def _add_parameters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="set a parameter; see list")


def _add_watch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--watch", action="store_true", help="again at each save")


def _add_properties(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--property", action="append", default=[], metavar="KEY=VALUE", help="a Kafka client setting")
    parser.add_argument("--properties", metavar="FILE", help="a file of Kafka client settings")

"""Write traffic with planted incidents."""

from __future__ import annotations

import argparse
from pathlib import Path

from flowsift.cli.arguments import add_properties, duration_s, properties
from flowsift.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", required=True, metavar="OUTPUT", help="FILE or kafka://HOST:PORT/TOPIC")
    parser.add_argument("--source", default="flows", help="format of the records (default: flows)")
    parser.add_argument("--duration", type=duration_s, default="2h", help="of the traffic (default: 2h)")
    parser.add_argument("--hosts", type=int, default=200, help="in the network (default: 200)")
    parser.add_argument("--rate", type=float, default=100.0, help="flows a second at the busiest hour (default: 100)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same bytes (default: 7)")
    parser.add_argument("--plant", default="", metavar="KINDS", help="incidents, by comma, or all")
    parser.add_argument("--malformed", type=float, default=0.0005, help="share of broken records (default: 0.0005)")
    parser.add_argument("--start", default="2025-01-06T08:00:00", help="of the traffic, in UTC, or now")
    parser.add_argument("--truth", metavar="FILE", help="where to write what was planted (default: OUTPUT.truth.jsonl)")
    parser.add_argument("--per-second", type=float, help="send at most so many records a second to Kafka")
    add_properties(parser)


def main(arguments: argparse.Namespace) -> None:
    from flowsift.engine.client_settings import for_librdkafka
    from flowsift.engine.endpoints import KafkaInput, parse_topic
    from flowsift.testbed.generate import KINDS, Recipe, start_ms
    from flowsift.testbed.progress import generate_to

    plants = tuple(kind.strip() for kind in arguments.plant.split(",") if kind.strip())
    recipe = Recipe(
        source=arguments.source, start_ms=start_ms(arguments.start, arguments.duration), duration_s=arguments.duration,
        hosts=arguments.hosts, rate=arguments.rate, seed=arguments.seed, malformed=arguments.malformed,
        plants=KINDS if plants == ("all",) else plants,
    )  # fmt: skip
    target: Path | KafkaInput = Path(arguments.output)
    if arguments.output.startswith("kafka:"):
        client = for_librdkafka(properties(arguments))
        target = parse_topic(arguments.output, bounded=False, properties=client)
        if target.topics != [target.topic]:
            raise UserError(f"--output {arguments.output}: expected kafka://HOST:PORT/TOPIC")
    truth = Path(arguments.truth) if arguments.truth else None
    generate_to(recipe, target, truth, arguments.per_second)

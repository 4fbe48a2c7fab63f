"""What several commands share: kinds of values, groups of options, and what these mean."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from flowsift.engine.client_settings import parse_properties
from flowsift.errors import UserError

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
    """Client settings for Kafka, from --properties FILE and then --property KEY=VALUE, as they were written.

    The file is read as java.util.Properties reads it. An error never shows a value.
    """
    values: dict[str, str] = {}
    if arguments.properties:
        try:
            data = Path(arguments.properties).read_bytes()
            # As Java's resource bundles: UTF-8, and where it is not, Latin-1.
            text = data.decode("utf-8") if _is_utf8(data) else data.decode("latin-1")
            values = parse_properties(text)
        except OSError as error:
            raise UserError(f"--properties {arguments.properties}: {error.strerror}") from None
        except ValueError as error:
            raise UserError(f"--properties {arguments.properties}: {error}") from None
        if "" in values:
            raise UserError(f"--properties {arguments.properties}: a line has no name before its =")
    return values | pairs(arguments.property, "--property")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def add_parameters(parser: argparse.ArgumentParser) -> None:
    """--set: read the values with `pairs`."""
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="set a parameter; see list")


def add_watch(parser: argparse.ArgumentParser) -> None:
    """--watch: `again` obeys it."""
    parser.add_argument("--watch", action="store_true", help="again at each save")


def add_properties(parser: argparse.ArgumentParser) -> None:
    """--property and --properties: read the values with `properties`."""
    parser.add_argument("--property", action="append", default=[], metavar="KEY=VALUE", help="a Kafka client setting")
    parser.add_argument("--properties", metavar="FILE", help="a file of Kafka client settings")


def again(arguments: argparse.Namespace, work: Callable[[], bool | None]) -> bool | None:
    """Do the work, with --watch at each save."""
    if not arguments.watch:
        return work()
    from flowsift.catalog.project import function_roots, sql_roots
    from flowsift.workbench.watch import at_each_save

    return at_each_save([*sql_roots(), *function_roots()], work)

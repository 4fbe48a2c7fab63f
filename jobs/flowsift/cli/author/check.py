"""Plan SQL files and say what is wrong with them, without running a job."""

from __future__ import annotations

import argparse
import time

from flowsift.cli.arguments import add_parameters, add_watch, again, pairs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="which to check, with what depends on them; if none, all of yours",
    )
    parser.add_argument("--against", metavar="SAVEPOINT", help="say which state of a stopped job survives the edit")
    parser.add_argument(
        "--source", default="flows", help="format of the job's records, with --against (default: flows)"
    )
    add_parameters(parser)
    add_watch(parser)


def main(arguments: argparse.Namespace) -> int:
    from flowsift.catalog.library import Library
    from flowsift.planner.check import check, chosen
    from flowsift.planner.compatibility import against, saved_in

    # Before the files are checked: a mistyped path is known at once.
    saved = saved_in(arguments.against) if arguments.against else None

    def once() -> bool:
        library, begin = Library(), time.monotonic()
        files = chosen(library, arguments.files)
        problems, left_out = check(library, files, pairs(arguments.set, "--set"))
        for problem in problems:
            print(problem)
        if left_out:
            print(f"not checked, because they need what is broken: {', '.join(file.name for file in left_out)}")
        if not problems:
            seconds = time.monotonic() - begin
            print(f"{len(files)} SQL file{'s' * (len(files) != 1)}: nothing wrong ({seconds:.1f} s)")
        if problems or saved is None:
            return not problems
        more = [file.name for file in files if arguments.files and file.role == "analysis"]
        return against(saved, arguments.source, more, pairs(arguments.set, "--set"))

    return 0 if again(arguments, once) else 1

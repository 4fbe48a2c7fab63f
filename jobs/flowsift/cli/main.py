"""The command line: flowsift COMMAND.

A command is a module of `author` or `operate` with the command's name. Its docstring is the help text, `add_arguments`
says what it takes, and `main` does it and returns the exit code, 0 where it returns nothing. These modules import what
they use inside `main`, so that help and light commands start without Flink.
"""

from __future__ import annotations

import argparse
import atexit
import os
import pkgutil
import signal
import sys
import threading
from importlib import import_module
from io import TextIOWrapper
from types import FrameType, ModuleType

from flowsift.catalog.project import import_functions_from_project
from flowsift.cli import author, operate
from flowsift.cli.arguments import properties
from flowsift.engine.flink.kafka_admin import redacted
from flowsift.errors import UserError

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code.

    0; 1 if what was checked is not right; 2 for an error of the user's.
    """
    argv = sys.argv[1:] if argv is None else argv
    modules = commands()
    parser, parsers = _parsers(modules)
    if not argv or argv[0] not in modules:
        parser.parse_args(argv)  # explains and ends
    # Options may stand between the names of analyses, which argparse allows only below the level of commands.
    arguments = parsers[argv[0]].parse_intermixed_args(argv[1:])
    import_functions_from_project()
    try:
        code = modules[argv[0]].main(arguments)
        sys.stdout.flush()  # a reader that has gone is noticed here and not at the end
        return code or 0
    except UserError as error:
        print(f"flowsift: {error}", file=sys.stderr)
        if getattr(arguments, "trace", False) and error.__cause__ is not None:
            print(redacted(str(error.__cause__), properties(arguments)), file=sys.stderr)
        return 2
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        print(f"flowsift: {error}", file=sys.stderr)
        return 2


def commands() -> dict[str, ModuleType]:
    """The module of each command by the command's name."""
    return {
        found.name: import_module(f"{package.__name__}.{found.name}")
        for package in (author, operate)
        for found in pkgutil.iter_modules(package.__path__)
    }


def _parsers(
    modules: dict[str, ModuleType],
) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    """(the parser of a whole command line, the parser of each command's arguments)."""
    parser = argparse.ArgumentParser(prog="flowsift", description="Streaming network analytics on Apache Flink.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in modules.items():
        text = module.__doc__ or ""
        summary = text.partition("\n")[0].rstrip(".")
        module.add_arguments(subparsers.add_parser(name, help=summary[:1].lower() + summary[1:], description=text))
    return parser, subparsers.choices


def program(argv: list[str] | None = None) -> None:
    """The console script: `main` as a process, which leaves nothing behind however it ends."""
    threading.excepthook = all_but_hang_ups
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal or pipe may not know every letter of a name
            stream.reconfigure(errors="backslashreplace")
    for number in _INTERRUPTS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup, or a shell that has put it aside, wants it
            signal.signal(number, _interrupted)
    try:
        code = main(argv)
    finally:
        for number in _INTERRUPTS:
            signal.signal(number, signal.SIG_IGN)
        run_exit_functions()
    sys.exit(code)


def _interrupted(number: int, _frame: FrameType | None) -> None:
    os.write(sys.stderr.fileno(), b"flowsift: interrupted\n")  # print may be what was interrupted
    sys.exit(128 + number)


def run_exit_functions() -> None:
    """Run what is registered for the end of the process now, while threads can still be started.

    Flink's servers of Python functions start one to stop, which Python 3.12 refuses, with a trace, when it shuts down.
    """
    atexit._run_exitfuncs()


def all_but_hang_ups(failure: threading.ExceptHookArgs) -> None:
    """Report what ended a thread, unless Flink hung up on a worker of Python functions, as it may at the end of a job.

    A job that hangs up for a fault says which itself.
    """
    from grpc import Call, StatusCode

    if not (isinstance(failure.exc_value, Call) and failure.exc_value.code() is StatusCode.CANCELLED):
        threading.__excepthook__(failure)


if __name__ == "__main__":
    program()

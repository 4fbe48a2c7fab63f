"""The command line: flowsift COMMAND."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from types import FrameType

from flowsift.cli.arguments import parsers, properties
from flowsift.cli.commands import COMMANDS
from flowsift.engine.flink.kafka_admin import redacted
from flowsift.errors import UserError

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code.

    0; 1 if what was checked is not right; 2 for an error of the user's.
    """
    argv = sys.argv[1:] if argv is None else argv
    parser, commands = parsers()
    if not argv or argv[0] not in commands:
        parser.parse_args(argv)  # explains and ends
    # Options may stand between the names of analyses, which argparse allows only below the level of commands.
    arguments = commands[argv[0]].parse_intermixed_args(argv[1:])
    try:
        code = COMMANDS[argv[0]](arguments)
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


def program(argv: list[str] | None = None) -> None:
    """The console script: `main` as a process, which leaves nothing behind however it ends."""
    threading.excepthook = all_but_hang_ups
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

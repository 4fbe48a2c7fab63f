"""What each command does; modules are imported where they are used, since Flink takes a second to import."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from flowsift.cli.arguments import pairs, properties
from flowsift.errors import UserError, shown


def _run(arguments: argparse.Namespace) -> None:
    from flowsift.engine.endpoints import parse_input, parse_output
    from flowsift.engine.job import Run
    from flowsift.engine.submit import Show, run, sum_up

    kafka = properties(arguments)
    output = parse_output(
        arguments.output, prefix=arguments.topic_prefix, properties=kafka, run_name=arguments.name
    )  # fmt: skip
    source = parse_input(arguments.input, bounded=arguments.bounded, properties=kafka)
    request = Run(arguments.source, source, output, arguments.analyses, pairs(arguments.set, "--set"))
    show = Show.PLAN if arguments.explain else Show.SCRIPT if arguments.print else Show.RESULTS
    run(request, pairs(arguments.flink, "--flink"), show=show)
    if source.bounded and show is Show.RESULTS:
        sum_up(request)


def _list(_arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.engine.contract import common_parameters

    library = Library()
    for role in ("analysis", "accounting"):
        for file in library.all(role).values():
            print(f"{file.name}\n  {file.title}\n  grain:  {' '.join(file.header.get('grain', []))}")
            for parameter, meaning, default in library.parameters_behind(file):
                print(f"  --set {parameter}={default}: {meaning}")
            latest = f", the last value of each {', '.join(file.key)}" if file.key else ""
            print(f"  sink:   {file.name}{latest}\n")
    print("Common to all:")
    for parameter, meaning, default in common_parameters(library):
        print(f"  --set {parameter}={default}: {meaning}")
    print(f"\nSources: {', '.join(library.all('source'))}")


def _check(arguments: argparse.Namespace) -> int:
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

    return 0 if _again(arguments, once) else 1


def _again(arguments: argparse.Namespace, work: Callable[[], bool | None]) -> bool | None:
    """Do the work, with --watch at each save."""
    from flowsift.engine.flink.api import PROJECT_ROOT
    from flowsift.workbench.watch import at_each_save

    if not arguments.watch:
        return work()
    return at_each_save([PROJECT_ROOT / "sql", PROJECT_ROOT / "udfs"], work)


def _explain(arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.planner.explain import explain, flinks_plan

    library = Library()
    for file in library.analyses([arguments.analysis]):
        print((flinks_plan if arguments.plan else explain)(library, file))


def _reference(_arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.workbench.reference import write

    for path in write(Library()):
        print(shown(path))


def _preview(arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.engine.endpoints import FileInput, parse_input
    from flowsift.workbench.compare import compare
    from flowsift.workbench.preview import Preview, preview

    recorded = parse_input(arguments.input, bounded=True, properties={})
    if not isinstance(recorded, FileInput):
        raise UserError("preview reads recorded traffic: --input FILE, DIR or GLOB")
    asked = Preview(arguments.analysis, arguments.source, recorded, pairs(arguments.set, "--set"), arguments.limit)
    _again(arguments, lambda: (compare if arguments.compare else preview)(asked, Library()))


def _new(arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.workbench.new import new, next_steps

    print(next_steps(arguments.name, new(Library(), arguments.name, arguments.title)))


def _test(arguments: argparse.Namespace) -> int:
    from flowsift.catalog.library import Library
    from flowsift.workbench.cases import run_cases

    return 0 if run_cases(Library(), arguments.names, accept=arguments.accept) else 1


def _case(arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.workbench.cut import Cut, make_case, moment_ms

    begin, end = moment_ms(arguments.begin, "--from"), moment_ms(arguments.end, "--to")
    cut = Cut(arguments.source, begin, end, arguments.host)
    make_case(Library(), arguments.name, arguments.input, cut, pairs(arguments.set, "--set"))


def _generate(arguments: argparse.Namespace) -> None:
    from flowsift.engine.endpoints import parse_input
    from flowsift.report.progress import generate_to
    from flowsift.testbed.generate import KINDS, Recipe, start_ms

    plants = tuple(kind.strip() for kind in arguments.plant.split(",") if kind.strip())
    recipe = Recipe(
        source=arguments.source, start_ms=start_ms(arguments.start, arguments.duration), duration_s=arguments.duration,
        hosts=arguments.hosts, rate=arguments.rate, seed=arguments.seed, malformed=arguments.malformed,
        plants=KINDS if plants == ("all",) else plants,
    )  # fmt: skip
    if arguments.output.startswith("kafka:"):
        target = parse_input(arguments.output, bounded=False, properties=properties(arguments))
    else:
        target = Path(arguments.output)
    truth = Path(arguments.truth) if arguments.truth else None
    generate_to(recipe, target, truth, arguments.per_second)


def _demo(arguments: argparse.Namespace) -> None:
    from flowsift.testbed.demo import demo

    demo(Path(arguments.folder), kafka=arguments.kafka)


# What a command returns is its exit code; nothing is 0.
COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "run": _run,
    "list": _list,
    "check": _check,
    "preview": _preview,
    "explain": _explain,
    "reference": _reference,
    "new": _new,
    "test": _test,
    "case": _case,
    "generate": _generate,
    "demo": _demo,
}

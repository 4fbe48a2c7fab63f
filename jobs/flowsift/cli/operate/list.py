"""Show each analysis with its grain, parameters and sink, and which files are yours."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def main(_arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.engine.contract import common_parameters
    from flowsift.errors import shown

    library = Library()
    for role in ("analysis", "accounting"):
        for file in library.all(role).values():
            yours = " (yours)" if file in library.own_files else ""
            print(f"{file.name}{yours}\n  {file.title}\n  grain:  {' '.join(file.header.get('grain', []))}")
            for parameter, meaning, default in library.parameters_behind(file):
                print(f"  --set {parameter}={default}: {meaning}")
            latest = f", the last value of each {', '.join(file.key)}" if file.key else ""
            print(f"  sink:   {file.name}{latest}\n")
    print("Common to all:")
    for parameter, meaning, default in common_parameters(library):
        print(f"  --set {parameter}={default}: {meaning}")
    print(f"\nSources: {', '.join(library.all('source'))}")
    if len(library.roots) > 1:
        print(f"\nPackaged: {library.roots[0]}\nYours:    {library.roots[-1]}")
        for file in library.own_files:
            print(f"  {shown(file.path)}{', replaces the packaged one' if library.replaces(file) else ''}")

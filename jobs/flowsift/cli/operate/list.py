"""Show each analysis with its grain, parameters and sink."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def main(_arguments: argparse.Namespace) -> None:
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

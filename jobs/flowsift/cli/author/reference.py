"""Bring the reference pages under docs/analyses/ up to date."""

from __future__ import annotations

import argparse

from flowsift.errors import shown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def main(_arguments: argparse.Namespace) -> None:
    from flowsift.catalog.library import Library
    from flowsift.catalog.project import own_project
    from flowsift.workbench.reference import write

    for path in write(Library(), own_project()):
        print(shown(path))

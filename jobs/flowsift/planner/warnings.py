"""What in the plan of a query an analyst should know before it runs for months."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flowsift.planner.operators import operator_of
from flowsift.planner.plan import Node

# These pass on fewer rows than they take: what follows them does not see every record.
_CONDENSES = ("WindowAggregate", "WindowRank", "WindowDeduplicate", "Match")


@dataclass(frozen=True)
class Concern:
    """Something in a plan that will hurt; `origin` tells two of one message apart."""

    message: str
    places: tuple[str, ...]
    countable: bool = False
    origin: str = ""


def concerns(root: Node) -> list[Concern]:
    """What is unwise in a plan: state that grows for ever, and Python functions that see every record."""
    found = []
    for node in root.all():
        calls = [rf"\b{function}\s*\(" for function in node.python_functions]
        if (operator := operator_of(node)) and (kept := operator.keeps(node)).grows:
            message = f"this keeps {kept}; {operator.cure}"
            origin = re.sub(r"\d+", "", node.value("where"))  # Flink numbers columns of the same name
            found.append(Concern(message, (*calls, *operator.places), operator.countable, origin))
        if not all(map(_is_condensed, node.inputs)):
            found += [
                Concern(
                    f"the Python function {function} sees every record, which costs two thirds of the throughput; "
                    "call it on the rows of a window, or write it in SQL",
                    (call,),
                )
                for function, call in zip(node.python_functions, calls)
            ]
    return list(dict.fromkeys(found))


def _is_condensed(node: Node) -> bool:
    """Whether every record passes a window before it comes here."""
    return node.name.endswith(_CONDENSES) or (bool(node.inputs) and all(map(_is_condensed, node.inputs)))

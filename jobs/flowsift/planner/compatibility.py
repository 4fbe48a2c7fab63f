"""Which state of a running job survives an edit, read from its savepoint without running anything."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flowsift.catalog.library import Library
from flowsift.engine.endpoints import FileOutput, KafkaInput, KafkaOutput
from flowsift.engine.flink.errors import FlinkError
from flowsift.engine.flink.jvm import SHORT_LIVED, prepare_java
from flowsift.engine.flink.operator_ids import StatefulOperator, saved_state
from flowsift.engine.job import Job, Run
from flowsift.engine.settings import planning_settings
from flowsift.errors import UserError
from flowsift.scratch import scratch_folder

_COMMITTER = "Sink Committer: "
# As operator_ids names a source and a sink, each of several alike with its number; a topic's name has no blanks.
_SOURCE = re.compile(r"^\w+ of (\S+)(?: \d+)?$")
_SINK = re.compile(r"^(\w+): (sink|files)")
_LONGEST = 100
# Nothing is read or written: a plan needs no broker.
_NOWHERE = "nowhere:9092"
_MIXED = """\
How records are read, timed and judged, and the code of Python functions, are no part of the comparison. After an edit
of these what is kept mixes old and new: open windows and histories until they have passed, running totals for ever."""
_GOES_ON = f"""\
The edited job goes on from it: flink run -s SAVEPOINT …
{_MIXED}"""
_REFUSED = f"""\
If the job was started with --set, give the job's own --set too: a parameter that is not given has its default here.
Flink goes on from it only if it may lose state: flink run -s SAVEPOINT --allowNonRestoredState …
Then begins again: {{sinks}}. Windows that were open when the job stopped come out partial, histories fill anew, and
running totals begin at zero.
To lose nothing, put the edit into a file of another name, and run both until the new one has its history.
{_MIXED}"""


@dataclass(frozen=True)
class Comparison:
    """What becomes of saved state: octets by operator; and the operators of the edited job that find none."""

    kept: dict[str, int]
    lost: dict[str, int]
    new: list[StatefulOperator]

    @property
    def begin_again(self) -> list[str]:
        """Sinks of which some state is new although the job wrote them before."""
        saved = (uid.removeprefix(_COMMITTER) for uid in (*self.kept, *self.lost))
        written = {match[1] for uid in saved if (match := _SINK.match(uid))}
        return sorted({sink for operator in self.new for sink in operator.sinks} & written)


def compare(saved: dict[str, int], operators: Iterable[StatefulOperator]) -> Comparison:
    """Match saved state with the operators of an edited job, by id."""
    there = {operator.uid: operator for operator in operators}
    names = {uid: uid.removeprefix(_COMMITTER) for uid in saved}
    kept = {uid: size for uid, size in saved.items() if names[uid] in there}
    lost = {uid: size for uid, size in saved.items() if names[uid] not in there}
    found = set(names.values())
    return Comparison(kept, lost, [operator for uid, operator in there.items() if uid not in found])


def saved_in(savepoint: str) -> dict[str, int]:
    """The state in a savepoint, as `operator_ids.saved_state`; raises UserError where none can be read."""
    prepare_java(SHORT_LIVED)
    try:
        return saved_state(savepoint)
    except FlinkError as error:
        raise UserError(f"--against {savepoint}: no savepoint or checkpoint can be read there") from error


def against(saved: dict[str, int], source: str, more: list[str], parameters: dict[str, str]) -> bool:
    """Print what an edit does to a job's state; returns whether all of it is kept.

    The job's topic and analyses are read from the savepoint; `more` analyses may be added to it.
    """
    comparison = compare(saved, _operators(saved, source, more, parameters))
    print(f"the savepoint: {len(saved)} operators with state, {sum(saved.values()):,} octets")
    for title, some in (("kept", comparison.kept), ("lost", comparison.lost)):
        if some:
            print(f"{title}: {len(some)} operators, {sum(some.values()):,} octets")
    for uid, size in comparison.lost.items():
        print(f"  {_short(uid)}: {size:,} octets")
    if added := sorted({sink for operator in comparison.new for sink in operator.sinks} - set(comparison.begin_again)):
        print(f"new: {', '.join(added)}")
    if not comparison.lost:
        print(_GOES_ON)
        return True
    print(_REFUSED.format(sinks=", ".join(comparison.begin_again) or "what is new"))
    return False


def _operators(
    saved: dict[str, int], source: str, more: list[str], parameters: dict[str, str]
) -> list[StatefulOperator]:
    topics = [match[1] for uid in saved if (match := _SOURCE.match(uid))]
    sinks = {match[1]: match[2] for uid in saved if (match := _SINK.match(uid.removeprefix(_COMMITTER)))}
    if not topics or not sinks:
        raise UserError("--against: this savepoint is not of flowsift's, or of a version from which no state is kept")
    library = Library()
    gone = [sink for sink in sinks if sink not in library.all("analysis") and sink not in library.all("accounting")]
    analyses = [sink for sink in sinks if sink in library.all("analysis")]
    if gone:
        print(f"no file any more: {', '.join(sorted(gone))}")
    with scratch_folder() as scratch:
        to_kafka = "sink" in sinks.values()
        output = KafkaOutput(_NOWHERE, "", {}, "main") if to_kafka else FileOutput(scratch)
        topic = KafkaInput(_NOWHERE, topics[0], False, {})
        run = Run(source, topic, output, list(dict.fromkeys([*analyses, *more])), parameters)
        return Job(run, library, planning_settings(scratch)).translate()


def _short(uid: str) -> str:
    return uid if len(uid) <= _LONGEST else uid[: _LONGEST - 1] + "…"

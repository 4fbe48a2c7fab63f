"""Flink's errors in the words of whoever wrote the SQL: where it is in the file, what is wrong, the cure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

from flowsift.catalog.file import Statement
from flowsift.catalog.references import TOKEN
from flowsift.engine.flink.failures import cure
from flowsift.errors import Problem, UserError

_BLOCK = re.compile(r"^(?:Caused by|): (.*?)(?=^\s+at |^\s+\.\.\. |\Z)", re.M | re.S)
_CLASS = re.compile(r"^[\w.$]*(?:Exception|Error)\w*(?:: |$)")
_PLACE = re.compile(r"(?:From|At|at) line (\d+), column (\d+)(?: to line (\d+), column (\d+))?")
_NOISE = re.compile(
    r"^.*?(?:From|At) line \d+, column \d+(?: to line \d+, column \d+)?: |^SQL (?:parse|validation) failed\. ", re.S
)
_TYPES = ("BIGINT", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "FLOAT", "INT", "STRING", "TIMESTAMP", "TIMESTAMP_LTZ")


@dataclass(frozen=True)
class Names:
    """What a file may mention: columns of what it reads, names it gives itself, tables and views, functions."""

    columns: Iterable[str] = ()
    own: Iterable[str] = ()
    tables: Iterable[str] = ()
    functions: Iterable[str] = ()


@dataclass(frozen=True)
class Diagnosis:
    """What an error means; where it stands in the statement, and what could stand there instead, if that is known."""

    message: str
    span: tuple[int, int] | None = None
    instead: str | None = None

    def problem(self, statement: Statement) -> Problem:
        place = statement.place(self.span[0]) if self.span else (1, 1)
        return Problem(statement.file.path, *place, self.message)


class FlinkError(Exception):
    """An error of Flink's; its text is all that Java says, with the trace."""


@contextmanager
def flink_errors() -> Iterator[None]:
    """Raise FlinkError for what Flink or its JVM raises, or UserError where that has a known cure."""
    from py4j.protocol import Py4JError
    from pyflink.util.exceptions import JavaException

    try:
        yield
    except (Py4JError, JavaException) as error:
        text = str(error)
        if known := cure(text):
            raise UserError(known) from error
        raise FlinkError(text) from error


@contextmanager
def blamed_on(what: str) -> Iterator[None]:
    """Turn an error of Flink into one line about `what`, a UserError."""
    try:
        with flink_errors():
            yield
    except FlinkError as error:
        raise UserError(f"{what}: {reason(error)}") from error


def causes(error: Exception) -> list[str]:
    """The messages of a Java error, outermost first, without the names of classes."""
    blocks = [match[1].strip() for match in _BLOCK.finditer(str(error))]
    messages = [_CLASS.sub("", block) for block in blocks]
    return [message for message in messages if message] or [_CLASS.sub("", str(error).splitlines()[0])]


def reason(error: Exception) -> str:
    """The innermost cause of a Java error, in one line."""
    return explain(causes(error)[-1])[0]


def diagnose(error: Exception, statement: Statement, names: Names) -> Diagnosis:
    """What an error of Flink means for the statement it was raised for."""
    messages = causes(error)
    located = next(((message, place) for message in messages if (place := _PLACE.search(message))), None)
    if located is None:
        message, pattern = explain(messages[-1])
        start = statement.find(pattern) if pattern else None
        return Diagnosis(message, None if start is None else (start, start))
    span, text = _span(statement, located[1]), _NOISE.sub("", located[0])
    for pattern, lookup in _LOOKUPS:
        if match := re.search(pattern, text, re.S):
            message, instead = lookup(match, names, statement, span)
            return Diagnosis(message, span, instead if statement.text[slice(*span)].strip("`") in text else None)
    return Diagnosis(explain(text)[0], span)


def explain(message: str) -> tuple[str, str | None]:
    """(a message of Flink's in a user's words, a pattern of the SQL that it is about if that is known)."""
    for pattern, template, place in _EXPLANATIONS:
        if match := re.search(pattern, message, re.S | re.M):
            return plain(template.format(**match.groupdict())), place
    return plain(message.splitlines()[0]), None


def _span(statement: Statement, place: re.Match) -> tuple[int, int]:
    line, column, last_line, last_column = place.groups()
    start = statement.offset(int(line), int(column))
    if last_line:
        return start, statement.offset(int(last_line), int(last_column)) + 1
    token = TOKEN.match(statement.text, start)
    return start, token.end() if token else start + 1


def plain(text: str) -> str:
    """A text of Flink's with types as users write them."""
    for theirs, ours in (
        ("VARCHAR(2147483647)", "STRING"), ("VARBINARY(2147483647)", "BYTES"),
        ("TIMESTAMP_WITH_LOCAL_TIME_ZONE", "TIMESTAMP_LTZ"), ("TIMESTAMP(3) WITH LOCAL TIME ZONE", "TIMESTAMP_LTZ(3)"),
    ):  # fmt: skip
        text = text.replace(theirs, ours)
    return text.rstrip(".")


def _no_column(match: re.Match, names: Names, statement: Statement, span: tuple[int, int]) -> tuple[str, str | None]:
    name = (match["column"] or match["name"]).rpartition(".")[2]
    if re.search(r"\bAS\s+$", statement.text[: span[0]]):
        return _not_found("type", name, _TYPES)
    if name in ("window_start", "window_end", "window_time"):
        return f"there is no {name} here; FROM TABLE(TUMBLE(TABLE flows, DESCRIPTOR(flow_end), …)) gives it", None
    if name in names.own:
        return f"{name} is a name given in this SELECT; WHERE, GROUP BY and HAVING need its expression again", None
    there = {*names.columns, *names.own}
    message, instead = _not_found("column", name, there)
    return (message, instead) if instead else (f"{message}; there are: {', '.join(sorted(there))}", None)


def _not_found(kind: str, name: str, there: Iterable[str]) -> tuple[str, str | None]:
    others = sorted(set(there) - {name})
    near = get_close_matches(name, others, 1) or get_close_matches(name.upper(), others, 1)
    return f"{kind} '{name}' not found" + (f"; did you mean '{near[0]}'?" if near else ""), near[0] if near else None


_NEVER_A_COLUMN = ("AS", "FROM", "GROUP", "HAVING", "JOIN", "LIMIT", "ON", "ORDER", "UNION", "WHERE")


def _not_parsed(match: re.Match, _names: Names, statement: Statement, span: tuple[int, int]) -> tuple[str, str | None]:
    expected = match["expected"] or ""
    token = "<EOF>" if match["token"] == "<EOF>" else statement.text[slice(*span)]
    before = statement.text[: span[0]].rstrip()
    near = get_close_matches(token.upper(), re.findall(r'"([A-Z]+)"', expected), 1, 0.7)
    if token == "<EOF>":
        return "the statement breaks off here; something is missing at its end", None
    if before.endswith(",") and (not token.isidentifier() or token.upper() in _NEVER_A_COLUMN):
        return f"a comma stands before {token}; take it away, or name a column behind it", None
    if token.upper() == "WHERE" and re.search(r"\bGROUP\s+BY\b", before, re.I):
        return "WHERE stands before GROUP BY; a condition on an aggregate goes behind it, into HAVING", None
    if token.upper() == "SELECT" and (name := re.search(r"\bVIEW\s+(\S+)$", before, re.I)):
        return f"AS is missing behind {name[1]}", None
    if before.endswith("TABLE") and token == "(":
        return "a window takes the name of a view, no subquery; put the subquery into a view of its own", None
    last_word = re.search(r"(\w+)$", before)
    if token == "BY" and last_word and (near := get_close_matches(last_word[1].upper(), ("GROUP", "ORDER"), 1)):
        return f"unexpected 'BY' behind {last_word[1]}; did you mean {near[0]} BY?", None
    is_called = statement.text.startswith("(", span[1])
    if "<BACK_QUOTED_IDENTIFIER>" in expected and re.fullmatch(r"[A-Za-z]\w*", token) and not is_called:
        return f"{token} is a reserved word; write `{token}` in backticks, or choose another name", None
    if near and near[0] != token.upper():
        return f"unexpected '{token}'; did you mean {near[0]}?", near[0]
    if token == ")":
        return "unexpected ')'; something is missing before it", None
    return f"unexpected '{token}'" + ("; is a comma missing before it?" if re.fullmatch(r"\w+", token) else ""), None


_LOOKUPS: list[tuple[str, Callable[..., tuple[str, str | None]]]] = [
    (
        r"(?:Encountered \"|near the keyword ')(?P<token>[^\"']*)[\"'](?:.*?expecting(?: one of)?:(?P<expected>.*))?",
        _not_parsed,
    ),
    (r"(?:Column '(?P<column>[^']+)' not found|Unknown identifier '(?P<name>[^']+)')", _no_column),
    (
        r"(?:Object|Table) '(?P<name>[^']+)' not found",
        lambda match, names, *_: _not_found("table or view", match["name"], names.tables),
    ),
    (
        r"No match found for function signature (?P<name>\w+)",
        lambda match, names, *_: _not_found("function", match["name"], names.functions),
    ),
]
# (what Flink says, what we say, where it is in the SQL if Flink does not say)
_EXPLANATIONS = [
    (
        r"from SDK harness.*^udfs\.learners\.learner\.UnreadableState: (?P<line>[^\n]+)$",
        "{line}",
        None,
    ),
    (
        r'from SDK harness.*File "[^"]*/(?P<file>udfs/[\w/]+\.py)", line (?P<line>\d+), in (?P<function>\w+)\n'
        r".*?^(?P<error>\w[\w.]*(?:: [^\n]*)?)$",
        "{file}:{line}: the Python function {function} failed with {error}",
        None,
    ),
    (
        r"Expression '(?P<name>(?:\w+\.)?window_(?:start|end|time))' is not being grouped",
        "'{name}' is not grouped; rows of a window are put together by GROUP BY window_start, window_end, …",
        None,
    ),
    (
        r"Expression '(?P<name>[^']+)' is not being grouped",
        "'{name}' is neither grouped nor aggregated; add it to GROUP BY, or write MAX({name}), SUM({name}), …",
        None,
    ),
    (
        r"Cannot apply '(?P<sign>[^']+)' to arguments of type '(?P<types>[^\n]+?)'\. Supported",
        "'{sign}' does not take {types}; convert one side with CAST or TRY_CAST",
        None,
    ),
    (
        r"requires the timecol (?:is a time attribute type|to be TIMESTAMP or TIMESTAMP_LTZ), but is (?P<type>[^.\n]+)",
        "DESCRIPTOR needs an event time with its watermark, and this is a plain {type}; flow_end of flows has one, and "
        "so has window_time of a window: write window_time AS rowtime in the view below",
        r"\bDESCRIPTOR\b",
    ),
    (
        r"Sort on a non-time-attribute|changes which is produced by node (?:SortLimit|Rank)",
        "a stream never ends, so what comes first may always change; leave ORDER BY out, or number a window's rows: "
        "ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY …), as top_talkers does",
        r"\bORDER\s+BY\b",
    ),
    (
        r"implicit type conversion between (?P<one>\w+) and (?P<other>\w+) is not supported",
        "{one} is compared with {other}; convert one side with CAST, and put quotes around a text",
        r"\b(?:WHERE|HAVING|ON)\b",
    ),
    (
        r"doesn't support consuming update(?: and delete)? changes which is produced by node (?P<node>\w+)",
        "the query changes rows that it has written ({node}), and a sink without a key takes only new rows; group by "
        "window_start and window_end of a window, or add the line: -- key:    COLUMNS, so that the last value counts",
        r"\bGROUP\s+BY\b",
    ),
    (
        r"Column '(?P<name>[^']+)' is ambiguous",
        "more than one table has a column {name}; say which, as in flows.{name}",
        None,
    ),
    (
        r"upsert key|ON CONFLICT|upsertKey",
        "the columns in the header's key are not those that the query groups by; make them the same",
        r"\bGROUP\s+BY\b",
    ),
    (
        r"Invalid number of arguments to function '(?P<name>\w+)'\. Was expecting (?P<count>\d+)",
        "{name} takes {count} arguments",
        None,
    ),
    (
        r"A column with the same name (?P<name>\S+) has been defined",
        "there is a column {name} already; give one of the two another name with AS",
        None,
    ),
    (
        r"Aggregate expression is illegal in WHERE clause",
        "WHERE sees single rows; put a condition on an aggregate into HAVING",
        None,
    ),
    (
        r"Interval field value (?P<value>\d+) exceeds precision of (?P<unit>\w+)",
        "INTERVAL '{value}' {unit} has more than two digits; write {unit}(3), or a larger unit",
        None,
    ),
    (
        r"APPROX_COUNT_DISTINCT",
        "APPROX_COUNT_DISTINCT does not work on streams; write COUNT(DISTINCT …)",
        r"\bAPPROX_COUNT_DISTINCT\b",
    ),
]

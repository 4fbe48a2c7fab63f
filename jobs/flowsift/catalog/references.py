"""What a statement uses: the tables and views behind FROM, JOIN, TABLE and LIKE, and the functions that it calls."""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^']|'')*')|(?P<quoted>`[^`]*`)|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<sign>[^\s\w])",
    re.S,
)
_WORDS_BEFORE_A_TABLE = ("FROM", "JOIN", "TABLE")
# Behind one of these no comma separates tables.
_END_OF_FROM = ("SELECT", "WHERE", "GROUP", "HAVING", "ORDER", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "LIMIT")
# FROM in their parentheses is no clause.
_FUNCTIONS_WITH_FROM = ("EXTRACT", "TRIM", "SUBSTRING", "OVERLAY")
_QUERIES = ("SELECT", "WITH", "VALUES")
_NOT_A_TABLE = ("TABLE", "LATERAL", "UNNEST", "SELECT", "VALUES")


@dataclass(frozen=True)
class References:
    """Names that a statement uses, as they are written; those of its own WITH are left out."""

    tables: frozenset[str]
    calls: frozenset[str]


def code(text: str) -> str:
    """The text with blanks in place of comments; a hint is no comment."""

    def blank(token: re.Match) -> str:
        is_comment = token["comment"] and not token["comment"].startswith("/*+")
        return re.sub(r"\S", " ", token[0]) if is_comment else token[0]

    return TOKEN.sub(blank, text)


def references(statement: str) -> References:
    """The tables, views and functions that a statement uses.

    A column, an alias or a word in a comment or literal is none, whatever it is named like.
    """
    tokens = [match for match in TOKEN.finditer(statement) if not match["comment"]]
    words = [(match["word"] or "").upper() for match in tokens]
    tables, calls = set(), set()
    # For each open parenthesis: the word before it, and whether a comma there separates tables.
    functions, in_from = [""], [False]
    for i, (token, word) in enumerate(zip(tokens, words)):
        before = words[i - 1] if i else ""
        is_definition = before in ("CREATE", "TEMPORARY")
        is_like = word == "LIKE" and len(functions) == 1 and words[0] == "CREATE" and "TABLE" in words[:3]
        follows_table_word = (word in _WORDS_BEFORE_A_TABLE and not is_definition) or is_like
        if token["sign"] == "(":
            is_list_of_tables = before in ("FROM", "JOIN") and words[i + 1] not in _QUERIES
            functions.append(before)
            in_from.append(is_list_of_tables)
            if is_list_of_tables and (name := _name(tokens, words, i + 1)):
                tables.add(name)
            if before and (i < 2 or words[i - 2] != "AS"):
                calls.add(tokens[i - 1]["word"])
        elif token["sign"] == ")" and len(functions) > 1:
            functions.pop()
            in_from.pop()
        elif word in _END_OF_FROM:
            in_from[-1] = False
        elif word == "FROM" and (functions[-1] in _FUNCTIONS_WITH_FROM or before == "DISTINCT"):
            continue
        elif follows_table_word or (token["sign"] == "," and in_from[-1]):
            in_from[-1] = in_from[-1] or word in ("FROM", "JOIN")
            if name := _name(tokens, words, i + 1):
                tables.add(name)
    return References(frozenset(tables - _named_by_with(tokens, words)), frozenset(calls))


def _name(tokens: list[re.Match], words: list[str], i: int) -> str | None:
    """The unqualified name of a table at a token, if one is there."""
    if i >= len(tokens) or words[i] in _NOT_A_TABLE or not (tokens[i]["word"] or tokens[i]["quoted"]):
        return None
    if i + 1 < len(tokens) and tokens[i + 1]["sign"] in (".", "("):
        return None  # of a database that is not ours, such as sources, or a function
    return tokens[i]["word"] or tokens[i]["quoted"].strip("`")


def _named_by_with(tokens: list[re.Match], words: list[str]) -> set[str]:
    """The names that WITH gives to queries: a name, columns if need be, AS and a parenthesis."""
    if "WITH" not in words:
        return set()
    named = set()
    for i in range(words.index("WITH") + 2, len(tokens) - 1):
        if words[i] == "AS" and tokens[i + 1]["sign"] == "(":
            end = i - 1
            if tokens[end]["sign"] == ")":  # its columns
                while tokens[end]["sign"] != "(":
                    end -= 1
                end -= 1
            named.add(tokens[end]["word"] or tokens[end]["quoted"].strip("`"))
    return named

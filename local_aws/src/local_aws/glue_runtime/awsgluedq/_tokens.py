"""The words of a DQDL document, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from awsgluedq._errors import RulesetNotValid

_LEXER = re.compile(
    r"""
      (?P<space>[ \t\r\n]+|\#[^\n]*)
    | (?P<string>"(?:\\["\\]|[^"\\]|\\(?!["\\]))*")
    | (?P<word>[A-Za-z0-9_.]+)
    | (?P<symbol>>=|<=|!=|[=<>\[\](){},:$+*/-])
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Token:
    """A word: its kind (``string``, ``number``, ``word``, ``symbol`` or ``end``), text, line and column (from 1)."""

    kind: str
    text: str
    line: int
    column: int

    def reject(self, expected: str) -> NoReturn:
        """Say that something else should stand here."""
        self.fail(f"expected {expected}, found {self.text or 'the end of the ruleset'}")

    def fail(self, message: str) -> NoReturn:
        """Say what is wrong here."""
        raise RulesetNotValid(f"Parsing Error: line {self.line}:{self.column} {message}")


def tokens(document: str) -> Iterator[Token]:
    """Split a document; comments run from ``#`` to the end of the line (AWS: "DQDL syntax", Comments)."""
    place, line, line_start = 0, 1, 0
    while place < len(document):
        match = _LEXER.match(document, place)
        if match is None:
            _reject_character(document, place, line, place - line_start + 1)
        kind, text = str(match.lastgroup), match.group()
        if kind != "space":
            kind = "number" if kind == "word" and _NUMBER.fullmatch(text) else kind
            yield Token(kind, text, line, place - line_start + 1)
        if "\n" in text:
            line, line_start = line + text.count("\n"), place + text.rindex("\n") + 1
        place = match.end()
    yield Token("end", "", line, place - line_start + 1)


def _reject_character(document: str, place: int, line: int, column: int) -> NoReturn:
    character = document[place]
    found = Token("symbol", character, line, column)
    found.fail("the string that begins here does not end" if character == '"' else f"unexpected {character!r}")

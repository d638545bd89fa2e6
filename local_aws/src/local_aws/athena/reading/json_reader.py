"""Trino's own JSON reader, which takes more than JSON, for the lines that DuckDB's would refuse.

Source: ``JsonReader`` of Trino's openx reader: a key given twice keeps its last value, whatever follows the first value
is passed over, strings may be unquoted or in single quotes, and comments are skipped.
"""

import json
import re
from dataclasses import dataclass, field

_BLANK = re.compile(r"(?:[\t \n\r]|#[^\r\n]*|//[^\r\n]*|/\*.*?\*/)*", re.DOTALL)
_LITERAL = re.compile(r"[^ \r\n\t\f{}\[\]/\\:,=;#]*")
_PLAIN = {'"': re.compile(r'[^"\\]*'), "'": re.compile(r"[^'\\]*")}
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_RAW = re.compile(r"true|false|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "v": "\t"}


class Malformed(ValueError):
    """A line that Trino's reader refuses too."""


@dataclass
class _Open:
    """An object or array whose end is still to come."""

    is_object: bool
    key: str = ""
    start: int = 0
    """Where the member that is being read begins in what was written."""

    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where each key's last member stands there."""


class JsonReader:
    """Reads one line.

    Parameters
    ----------
    line : str
        Begins with ``{`` or ``[``.
    ignore_case : bool
        Whether keys that differ in case alone are one key.
    wanted : set, optional
        The lower-cased keys of the line itself that are not left out.
    """

    def __init__(self, line: str, ignore_case: bool, wanted: set[str] | None = None):
        self._line = line
        self._at = 0
        self._fold = str.lower if ignore_case else str
        self._wanted = wanted
        self._open: list[_Open] = []
        self._written: list[str] = []
        self.keys: set[str] = set()
        """The keys of the line itself, once it is read."""

    def read(self) -> str:
        """Give the line as JSON, each key once; raises `Malformed`."""
        while True:
            complete = self._begin()
            while complete:
                if not self._open:
                    return "".join(self._written)
                complete = self._take()

    def _begin(self) -> bool:
        """Read a scalar or an empty container, or open a container; tells whether a value is complete."""
        sign = self._next()
        if sign not in ("{", "["):
            self._written.append(self._scalar(sign))
            return True
        self._written.append(sign)
        self._open.append(_Open(sign == "{"))
        if sign == "[":
            return self._next_element(False)
        if self._next() == "}":
            return self._close()
        self._at -= 1
        return self._key()

    def _take(self) -> bool:
        """Go on behind a value that is complete within the innermost container."""
        inner = self._open[-1]
        self._written.append(",")
        if inner.is_object:
            self._keep_last(inner)
        sign = self._next()
        if sign == ("}" if inner.is_object else "]"):
            return self._close()
        if sign not in (",", ";"):
            raise Malformed
        return self._key() if inner.is_object else self._next_element(True)

    def _keep_last(self, inner: _Open) -> None:
        """Blank the member of the same key that came before, and one that is not wanted."""
        key = self._fold(inner.key)
        spans = [inner.spans.pop(key)] if key in inner.spans else []
        inner.spans[key] = inner.start, len(self._written)
        if len(self._open) == 1 and self._wanted is not None and key.lower() not in self._wanted:
            spans.append(inner.spans.pop(key))
        elif len(self._open) == 1:
            self.keys.add(inner.key)
        for start, end in spans:
            self._written[start:end] = [""] * (end - start)

    def _close(self) -> bool:
        """End the innermost container, without the comma behind its last member."""
        while not self._written[-1]:
            self._written.pop()
        if self._written[-1] == ",":
            self._written.pop()
        self._written.append("}" if self._open.pop().is_object else "]")
        return True

    def _key(self) -> bool:
        sign = self._next()
        text = self._scalar(sign)
        if text == "null":
            raise Malformed
        separator = self._next()
        if separator not in (":", "="):
            raise Malformed
        if separator == "=" and self._line.startswith(">", self._at):
            self._at += 1
        key = json.loads(text) if text.startswith('"') else text
        self._open[-1].key, self._open[-1].start = key, len(self._written)
        self._written += [json.dumps(key, ensure_ascii=False), ":"]
        return False

    def _next_element(self, separated: bool) -> bool:
        """Go on to an element; a separator without one stands for a null."""
        while (sign := self._next()) in (",", ";"):
            self._written += ["null", ","]
            separated = True
        if sign != "]":
            self._at -= 1
            return False
        if separated:
            self._written.append("null")
        return self._close()

    def _scalar(self, sign: str) -> str:
        if sign in ('"', "'"):
            return json.dumps(self._string(sign), ensure_ascii=False)
        self._at -= 1
        literal = _LITERAL.match(self._line, self._at)
        self._at = literal.end()
        if not literal[0]:
            raise Malformed
        if literal[0].lower() == "null":
            return "null"
        return literal[0] if _RAW.fullmatch(literal[0]) else json.dumps(literal[0], ensure_ascii=False)

    def _next(self) -> str:
        """The next character that is no blank and in no comment."""
        self._at = _BLANK.match(self._line, self._at).end() + 1
        if self._at > len(self._line):
            raise Malformed
        return self._line[self._at - 1]

    def _string(self, quote: str) -> str:
        parts = []
        while True:
            plain = _PLAIN[quote].match(self._line, self._at)
            parts.append(plain[0])
            self._at = plain.end() + 1
            if self._at > len(self._line):
                raise Malformed
            if self._line[self._at - 1] == quote:
                return "".join(parts)
            parts.append(self._escaped())

    def _escaped(self) -> str:
        escaped = self._line[self._at : self._at + 1]
        self._at += 1
        if not escaped:
            raise Malformed
        if escaped != "u":
            return _ESCAPES.get(escaped, escaped)
        digits = _HEX.match(self._line, self._at)
        if digits is None:
            raise Malformed
        self._at += 4
        return chr(int(digits[0], 16))

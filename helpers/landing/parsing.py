"""The JSON objects of one line, in plain Python: no line raises, and none is read twice in different ways.

The transforms read by this each line that has not its source's layout (`helpers.landing.layout`); erasure and the
privacy audit read every line of the customers by it. Time and memory go with the length of the line.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

BYTE_ORDER_MARK = "\ufeff"
BLANKS = " \t\n\x0b\f\r"
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]|[^"\[\]{}]+|"', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CLOSING = {"{": "}", "[": "]"}
_BETWEEN = re.compile(r"[\s,\[\]]*")
_BOUNDARY = re.compile(r"\}(?=\{)")
MOST_BOUNDARIES = 1000
"""How often one text within a line of several objects may hold ``}{``, which looks like the end of an object."""

Fields = list[tuple[str, "str | None"]]


class Number(str):
    """A JSON number as it is spelled, of any size."""


class Boolean(str):
    """A JSON ``true`` or ``false``."""


class _Object(list):
    """The fields of an object: pairs of name and value, a name that is given twice twice."""


def _refuse(literal: str) -> None:
    raise ValueError(f"{literal} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_Object, parse_int=Number, parse_float=Number, parse_constant=_refuse)


@dataclass(frozen=True)
class Piece:
    """One object of a line, or a part of it that nobody can read.

    Parameters
    ----------
    text : str
        As it stands in the line.
    fields : list of (str, str or None), optional
        Name and value of each field, in the order of the line: a string as it is, any other value as its JSON text,
        null as None. A number is a `Number` and a boolean a `Boolean`, so that ``1.0`` is told from ``"1.0"``. None
        where the piece is not one JSON object in UTF-8.
    """

    text: str
    fields: Fields | None
    foreign: bytes | None = None
    """The piece as it stands in the line, where its bytes are no UTF-8."""

    @property
    def content(self) -> bytes:
        """The bytes of the piece as they stand in the line."""
        return self.text.encode("utf-8") if self.foreign is None else self.foreign


def read_line(line: bytes) -> list[Piece]:
    """The objects of a line: one, or several with nothing between them, as Amazon Data Firehose delivers them.

    Parameters
    ----------
    line : bytes
        Without its line end; a byte order mark is taken off.

    Returns
    -------
    list of Piece
        None where the line is blank.

    >>> [piece.fields for piece in read_line(b'{"a": 1.50}{"a": [true, "x"]}')]
    [[('a', '1.50')], [('a', '[true,"x"]')]]
    """
    try:
        return list(_pieces(_bare(line.decode("utf-8"))))
    except UnicodeDecodeError:
        return [_without_foreign_bytes(piece) for piece in _pieces(_bare(line.decode("utf-8", "surrogateescape")))]


def _bare(text: str) -> str:
    return text.removeprefix(BYTE_ORDER_MARK).strip(BLANKS)


def _without_foreign_bytes(piece: Piece) -> Piece:
    """A piece in which bytes are no UTF-8 cannot be read: they are shown as ``\\xf6``."""
    raw = piece.text.encode("utf-8", "surrogateescape")
    text = raw.decode("utf-8", "backslashreplace")
    return piece if text == piece.text else Piece(text, None, raw)


def _pieces(text: str) -> Iterator[Piece]:
    if not text:
        return
    fields, _ = _object_in(text)
    if fields is not None or "}{" not in text:
        yield Piece(text, fields)
        return
    ends = [boundary.start() + 1 for boundary in _BOUNDARY.finditer(text)] + [len(text)]
    start = place = 0
    while place < len(ends):
        fields, place = _shortest_object(text, start, ends, place)
        yield Piece(text[start : ends[place]], fields)
        start, place = ends[place], place + 1


def _shortest_object(text: str, start: int, ends: list[int], place: int) -> tuple[Fields | None, int]:
    """The object that begins at ``start``, and at which of the possible ends it ends; a broken one at the first."""
    for later in range(place, min(place + MOST_BOUNDARIES, len(ends))):
        fields, is_cut = _object_in(text[start : ends[later]])
        if fields is not None:
            return fields, later
        if not is_cut:  # only within a string is a boundary none
            break
    return None, place


def _object_in(text: str) -> tuple[Fields | None, bool]:
    """The fields of a text that is one JSON object; else None, and whether the text ends within a string."""
    try:
        found = _DECODER.decode(text)
        fields = [(_encodable(name), _text(value)) for name, value in found] if isinstance(found, _Object) else None
        return fields, False
    except RecursionError:
        return _deep_object(text), False
    except ValueError as error:
        return None, str(error).startswith("Unterminated string")


def _deep_object(text: str) -> Fields | None:
    """An object that nests deeper than the decoder goes: what lies in its fields is taken as it is spelled."""
    flat, closing, nested = [], [], 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word in _CLOSING:
            closing.append(_CLOSING[word])
            nested = token.start() if len(closing) == 2 else nested
        elif word in ("}", "]"):
            if not closing or closing.pop() != word:
                return None
            if len(closing) == 1:
                flat.append(json.dumps(text[nested : token.end()]))
                continue
        if len(closing) < 2:
            flat.append(word)
    return None if closing else _object_in("".join(flat))[0]


def _text(value: object) -> str | None:
    """A value as text: a string as it is, anything else as its JSON text, a number as it is spelled."""
    if isinstance(value, str):
        return _encodable(value)
    if value is None:
        return None
    return Boolean(_dump(value)) if isinstance(value, bool) else _encodable(_dump(value))


def _dump(value: object) -> str:
    if isinstance(value, Number):
        return value
    if isinstance(value, _Object):
        return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{_dump(inner)}" for name, inner in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_dump, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _encodable(text: str) -> str:
    """The text with each half of a surrogate pair that stands alone replaced, since UTF-8 cannot hold it."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def find_objects(text: str) -> list[tuple[int, int, Fields]]:
    """The objects of a text that is a JSON array of objects, or objects one after another with blanks between.

    So a file that is no JSON lines can still be asked who is in it.

    Returns
    -------
    list of (int, int, list)
        Where each object begins and ends, and its fields; none where the text is anything else.
    """
    found, place = [], 0
    while True:
        place = _BETWEEN.match(text, place).end()
        if place == len(text):
            return found
        try:
            value, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            return []
        if not isinstance(value, _Object):
            return []
        found.append((place, end, [(_encodable(name), _text(inner)) for name, inner in value]))
        place = end

"""Identity values sought in text: the one search of the privacy audit and of erasure.

Both look at a text as `plain` has it, and at a value as a sequence of words, whatever stands between the words. So
``ada@example.com``, ``ada&#64;example.com`` and ``ada%40example.com`` are one value, and a customer called *Al* is not
found in *also*. The audit seeks very many values at once and wants to know which (`Index`); erasure seeks a few, also
as parts of words, and masks them (`Sought`).
"""

import html
import re
from array import array
from collections.abc import Callable, Iterable
from itertools import compress, pairwise
from unicodedata import normalize
from urllib.parse import unquote

import numpy as np

from helpers.identity import fold
from helpers.masking import MASK

_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts that put no blanks between words, or hang endings on names: each of their characters counts as a word."""
_LETTER = rf"[^\W_{_UNSPACED}]"
_WORD = re.compile(rf"[{_UNSPACED}]|{_LETTER}+")
_ASCII_WORDS = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))
_HEX = "[0-9a-fA-F]"
_TAG = re.compile(r"</?[a-z][a-z0-9]*/?>", re.IGNORECASE)
# A regular expression that begins with one plain character, as these do, is looked for by it: ten times as fast.
_BREAK = re.compile(r"\\\\*[nrt]")
_ESCAPE = re.compile(rf"\\\\*(?:(u{_HEX}{{4}}(?:\\+u{_HEX}{{4}})*)|x{_HEX}{{2}}(?:\\+x{_HEX}{{2}})*)")
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_BETWEEN = rf"(?:[\W_]|&#?\w+;|%{_HEX}{{2}}|{_BREAK.pattern}|{_ESCAPE.pattern}|{_TAG.pattern})"
"""What may stand between two words of a text that is not `plain`."""
# Looked ahead first, since most numbers are short.
_NUMBER = re.compile(r"\d(?=[\d ./()\u00a0-]{8})(?<![^\W_]\d)(?:[ ./()\u00a0-]{0,3}\d){8,}(?![^\W_])")
_DIGITS = re.compile(r"\d+")
SHORTEST_PHONE = 9
"""Fewer digits stand side by side by chance: in the coordinates of a picture, in the numbers of a table."""
LONGEST_PHONE = 17
"""Digits of the longest telephone number (ITU-T E.164), after the zeros of an international call."""
FIELDS_OF_ONE_WORD = ("customername", "serialnumber")
_PICTURE = re.compile(
    r"(;base64,|\"image/(?:png|jpeg|gif|webp)\\*\":\s*\[?\s*\\*\"|(?=iVBORw0KGg))"  # data: URIs, notebooks, any PNG
    r"[A-Za-z0-9+/]+(?:(?:\s|\\n)+[A-Za-z0-9+/]{20,})*"  # in one line, or broken into several
)
_PICTURE_MARKS = (";base64,", "image/", "iVBORw0KGg")

Words = tuple[str, ...]


def plain(text: str) -> str:
    """A text composed and case folded; its HTML, JSON, Python and percent escapes undone, without tags.

    >>> plain(r"Ada\\nL&ouml;velace%40<b>x</b>")
    'ada lövelace@ x '
    """
    if "\\" in text:
        text = _ESCAPE.sub(_from_escape, _BREAK.sub(" ", text))
    if "&" in text:
        text = html.unescape(text)
    if "%" in text:
        text = unquote(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if text.isascii():
        return text.lower()
    for character in _INVISIBLE:
        text = text.replace(character, "")
    return "".join(map(fold, text.replace(MASK, " ").splitlines(keepends=True)))


def _from_escape(escape: re.Match) -> str:
    r"""The text of ``\u00fc`` (or of two halves, ``\ud842\udfb7``), ``\xc3\xbc`` and ``\xfc``."""
    digits = bytes.fromhex(re.sub(r"[\\ux]", "", escape[0]))
    if escape[1]:
        return digits.decode("utf-16-be", "replace")
    try:
        return digits.decode("utf-8")
    except UnicodeDecodeError:
        return digits.decode("latin-1")


def words_of(text: str) -> list[str]:
    """The words of a text that need not be `plain`."""
    return _split(plain(text))


def _split(text: str) -> list[str]:
    if text.isascii():
        return text.translate(_ASCII_WORDS).split()
    lines = text.splitlines()
    return [word for line in lines for word in (_split(line) if line.isascii() else _WORD.findall(line))]


def without_pictures(text: str) -> str:
    """The text without the base64 of the pictures in it: that is no text, and any short word stands in enough of it.

    >>> without_pictures('<img src="data:image/png;base64,iVBORw0KGgo6Q+WEN+96N">')
    '<img src="data:image/png;base64,">'
    """
    return _PICTURE.sub(r"\1", text) if any(mark in text for mark in _PICTURE_MARKS) else text


class Index:
    """Values to seek, all at once and as whole words: the time goes with the text, not with the number of values.

    A phone of nine or more digits is found however they are grouped. A value that is one word of letters, such as the
    name *May*, cannot be told from other text: it is sought as the value of its field, ``"customerName": "May"``.
    A value without a letter or digit is not sought.

    Held are hashes of 64 bits alone, so that millions of people fit into memory.
    """

    def __init__(self, values: Iterable[Words]):
        held, spelled, first, lengths = array("q"), array("q"), array("q"), set()
        for words in filter(None, values):
            held.append(hash(_number_or(words)))
            for spelling in _spellings(words):
                spelled.append(hash(spelling))
                first.append(hash(spelling[0]))
                lengths.add(len(spelling))
        self._held, self._spelled, self._first = map(np.unique, (held, spelled, first))
        self._lengths = sorted(lengths)
        self._forgotten: set[Words] = set()

    def __len__(self) -> int:
        return len(self._held) - len(self._forgotten)

    def forget(self, found: Iterable[Words]) -> None:
        """Seek some of what was found no longer; but a word that is sought in its field."""
        self._forgotten |= _among(self._held, set(found))

    def find(self, text: str) -> set[Words]:
        """The values that stand in a text."""
        text = plain(text)
        words = _split(text)
        first = _among(self._first, set(words))
        places = (place for place, word in enumerate(words) if word in first) if first else ()
        sought = {tuple(words[place : place + length]) for place in places for length in self._lengths}
        found = set(map(_number_or, _among(self._spelled, sought)))
        return (found | _among(self._held, set(_numbers(text)))) - self._forgotten


def _among(hashes: np.ndarray, asked: set) -> set:
    """Those whose hash is one of some, which are in order."""
    if not asked or not len(hashes):
        return set()
    sought = np.fromiter(map(hash, asked), "int64", len(asked))
    places = np.searchsorted(hashes, sought).clip(max=len(hashes) - 1)
    return set(compress(asked, hashes[places] == sought))


def _number_or(words: Words) -> Words:
    """The digits of a phone as one word; any other value as it is."""
    digits = "".join(words)
    return (digits,) if SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE and digits.isdecimal() else words


def _numbers(text: str) -> Iterable[Words]:
    """What may be a phone, as one word each."""
    runs = (_DIGITS.findall(run) for run in _NUMBER.findall(text))
    return ((number,) for digits in runs for number in _joined(digits) if len(number) >= SHORTEST_PHONE)


def _spellings(words: Words) -> Iterable[Words]:
    if len(words) == 1 and words[0].isalpha():
        return ((name, *words) for name in FIELDS_OF_ONE_WORD)
    return (words,)


def _joined(digits: list[str]) -> Iterable[str]:
    """Each number that neighbouring groups of digits give, without the zeros of an international call before it."""
    for start in range(len(digits)):
        number = ""
        for group in digits[start:]:
            number += group
            if len(number) > LONGEST_PHONE:
                break
            yield number
            yield number.removeprefix("00")


class Sought:
    """A few values to seek: as whole words, like the audit, and to the letter within words too.

    Where a value of ``others`` (other people) stands that contains what is sought, that is no trace.
    """

    def __init__(self, values: Iterable[str], others: Iterable[str] = ()):
        values = {fold(value) for value in values} | {value.lower() for value in values}
        self._values = sorted(values, key=len, reverse=True)
        self._words = [words for words in map(words_of, self._values) if len(words) > 1]
        self._as_words = [re.compile(_as_words(words, re.escape, r"[\W_]")) for words in self._words]
        longer = {fold(other) for other in others if self._may_stand_in(fold(other))}
        self._longer = sorted(longer, key=len, reverse=True)
        self._plain = re.compile(self._choice(re.escape, r"[\W_]"))
        self._spelled = re.compile(self._choice(_spelled, _BETWEEN), re.IGNORECASE)

    def found(self, text: str) -> bool:
        """Whether one of the values stands in a text, escaped or not."""
        folded, undone = fold(text), plain(text)
        return self._stands_in(folded) or (undone != folded and self._stands_in(undone))

    def _stands_in(self, text: str) -> bool:
        if not self._may_stand_in(text):
            return False
        return not self._longer or any(match["found"] for match in self._plain.finditer(text))

    def _may_stand_in(self, text: str) -> bool:
        return any(value in text for value in self._values) or any(words.search(text) for words in self._as_words)

    def mask(self, text: str) -> str:
        """A text with the values masked, as far as it can be told where they begin."""
        return self._spelled.sub(lambda match: MASK if match["found"] else match[0], text)

    def _choice(self, spell: Callable[[str], str], between: str) -> str:
        longer = "|".join(map(spell, self._longer)) or "(?!)"
        ways = [*map(spell, self._values), *(_as_words(words, spell, between) for words in self._words)]
        return f"(?:{longer})|(?P<found>{'|'.join(ways) or '(?!)'})"


def _as_words(words: list[str], spell: Callable[[str], str], between: str) -> str:
    """A pattern for whole words, whatever stands between them."""
    pattern = spell(words[0])
    if spell is re.escape:  # which is of a fixed length: a search looks for the word first, and only then before it
        pattern += f"(?<!{_LETTER}{pattern})"
    else:
        pattern = f"(?<!{_LETTER}){pattern}"
    for pair in pairwise(words):
        needed = "+" if all(re.match(_LETTER, word) for word in pair) else "*"
        pattern += between + needed + spell(pair[1])
    return pattern + f"(?!{_LETTER})"


def _spelled(value: str) -> str:
    """A pattern for a value: each letter whole or with its accents apart, plain or escaped as in JSON, HTML or URLs."""
    return "".join(map(_spelled_letter, value))


def _spelled_letter(letter: str) -> str:
    ways = dict.fromkeys((letter, normalize("NFD", letter)))
    return f"(?:{'|'.join(''.join(map(_spelled_character, way)) for way in ways)})"


def _spelled_character(character: str) -> str:
    codes = {ord(character), ord(character.upper()[0])}
    ways = [re.escape(character), "".join(f"%{byte:02x}" for byte in character.encode())]
    for code in codes:
        ways += [rf"\\+u{code:04x}", f"&#0*{code};", f"&#x0*{code:x};"]
    if character == " ":
        ways.append(r"\+")
    if character == "@":
        ways.append("&commat;")
    return f"(?:{'|'.join(ways)})"

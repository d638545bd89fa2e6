"""Identity values sought in text as sequences of words, whatever stands between the words.

So that ``ada@example.com``, ``ada&#64;example.com`` and ``ada%40example.com`` are one value, and a customer called *Al*
is not found in *also*. Words are compared as `helpers.identity` compares people: composed (NFC) and case-folded.
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts that put no blanks between words, or hang endings on names: each of their characters counts as a word."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_TAG = re.compile(r"</?[a-z][a-z0-9]*/?>", re.IGNORECASE)
_HEX = "[0-9a-fA-F]"
_ESCAPE = re.compile(rf"\\+(?:(u{_HEX}{{4}}(?:\\+u{_HEX}{{4}})*)|(x{_HEX}{{2}}(?:\\+x{_HEX}{{2}})*)|[nrt])")
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_NUMBER = re.compile(r"(?<![^\W_])\d(?:[ ./()\u00a0-]{0,3}\d){8,}(?![^\W_])")
_DIGITS = re.compile(r"\d+")
SHORTEST_PHONE = 9
"""Fewer digits stand side by side by chance: in the coordinates of a picture, in the numbers of a table."""
LONGEST_PHONE = 15
"""Digits of the longest telephone number (ITU-T E.164)."""


def words_of(text: str) -> list[str]:
    """The words of a text, composed and case-folded; its HTML, JSON, Python and percent escapes undone."""
    return _split(_unescape(text))


def is_one_word(value: str) -> bool:
    """Whether a value is one word of letters, such as the name *May*: it cannot be told from other text by itself."""
    words = words_of(value)
    return len(words) == 1 and words[0].isalpha()


class Index:
    """Values to seek, all at once: the time goes with the text, not with the number of values.

    A phone of nine or more digits is found however they are grouped.

    Parameters
    ----------
    values : iterable of str
        What to seek; a value without a letter or digit is not sought.
    """

    def __init__(self, values: Iterable[str]):
        self._by_first: dict[str, set[tuple[str, ...]]] = {}
        self._numbers: dict[str, tuple[str, ...]] = {}
        for words in {tuple(words_of(value)) for value in values}:
            if words:
                self._by_first.setdefault(words[0], set()).add(words)
            if _is_phone(words):
                self._numbers["".join(words)] = words

    def find(self, text: str) -> set[tuple[str, ...]]:
        """The values that stand in a text, each as its words."""
        plain = _unescape(text)
        words, found = _split(plain), set()
        for place, word in enumerate(words):
            if word in self._by_first:
                for value in self._by_first[word]:
                    if tuple(words[place : place + len(value)]) == value:
                        found.add(value)
        return found | self._find_numbers(plain) if self._numbers else found

    def _find_numbers(self, plain: str) -> set[tuple[str, ...]]:
        runs = (_DIGITS.findall(run) for run in _NUMBER.findall(plain))
        joined = {number for digits in runs for number in _joined(digits)}
        return {self._numbers[number] for number in joined & self._numbers.keys()}


def _is_phone(words: tuple[str, ...]) -> bool:
    """Whether a value is a number that people group as they like."""
    digits = "".join(words)
    return digits.isdecimal() and SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE + 2


def _joined(digits: list[str]) -> Iterable[str]:
    """Each number that neighbouring groups of digits give, without the zeros of an international call before it."""
    for start in range(len(digits)):
        number = ""
        for group in digits[start:]:
            number += group
            if len(number) > LONGEST_PHONE + 2:
                break
            yield number
            if number.startswith("00"):
                yield number[2:]


def _split(plain: str) -> list[str]:
    return _ASCII_WORD.findall(plain) if plain.isascii() else _WORD.findall(plain)


def _unescape(text: str) -> str:
    if "\\" in text:
        text = _ESCAPE.sub(_from_escape, text)
    if "&" in text:
        text = html.unescape(text)
    if "%" in text:
        text = unquote(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if text.isascii():
        return text.lower()
    return "".join(map(_fold, text.splitlines(keepends=True)))


def _fold(line: str) -> str:
    if line.isascii():
        return line.lower()
    for character in _INVISIBLE:
        line = line.replace(character, "")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", line).casefold())


def _from_escape(escape: re.Match) -> str:
    r"""The text of ``\u00fc`` (or of two halves, ``\ud842\udfb7``), ``\xc3\xbc`` and ``\xfc``; a blank for ``\n``."""
    digits = "".join(escape[0].split("\\"))
    if escape[1]:
        return bytes.fromhex(digits.replace("u", "")).decode("utf-16-be", "replace")
    if not escape[2]:
        return " "
    found = bytes.fromhex(digits.replace("x", ""))
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError:
        return found.decode("latin-1")

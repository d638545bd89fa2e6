"""Identity values sought in text as sequences of words, whatever stands between the words.

So that ``ada@example.com``, ``ada&#64;example.com`` and ``ada%40example.com`` are one value, and a customer called *Al*
is not found in *also*.
"""

import html
import re
from urllib.parse import unquote

WORD = re.compile(r"\w+")
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, its HTML, JSON and percent escapes undone."""
    if "\\u" in text:
        text = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if "&" in text:
        text = html.unescape(text)
    if "%" in text:
        text = unquote(text)
    return WORD.findall(text.lower())


class Index:
    """Values to seek, all at once: the time goes with the text, not with the number of values.

    Parameters
    ----------
    values : iterable of str
        What to seek; a value without a letter or digit is not sought.
    """

    def __init__(self, values):
        self._by_first: dict[str, set[tuple[str, ...]]] = {}
        for words in {tuple(words_of(value)) for value in values}:
            if words:
                self._by_first.setdefault(words[0], set()).add(words)

    def find(self, text: str) -> set[tuple[str, ...]]:
        """The values that stand in a text, each as its words."""
        words, found = words_of(text), set()
        for place, word in enumerate(words):
            for value in self._by_first.get(word, ()):
                if tuple(words[place : place + len(value)]) == value:
                    found.add(value)
        return found

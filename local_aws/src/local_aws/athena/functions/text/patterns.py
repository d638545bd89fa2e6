"""Regular expressions as Trino reads them (Joni with Java's syntax), for Python and for DuckDB's RE2.

Source: "Regular expression functions" (Trino documentation).
"""

import re
import sys
import unicodedata
from functools import lru_cache

from local_aws.athena.failure import QueryFailed, unsupported

_TOKEN = re.compile(
    r"\\p\{\^?\w+\}|\\P\{\w+\}|\\x\{[0-9a-fA-F]+\}|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|\(\?<(?![=!])|\(\?.|\[\^?\]?|&&|.",
    re.DOTALL,
)
_RE2_CLASSES = {r"\d": r"\p{Nd}", r"\w": r"\p{L}\p{M}\p{Nd}\p{Pc}"}
_FOR_PYTHON = {r"\z": r"\Z", r"\Z": r"(?=\n?\Z)", r"\h": r"[0-9a-fA-F]", "(?<": "(?P<"}
_NOT_IN_RE2 = re.compile(r"\\[1-9bBzZGkhHRXKsSDWuxpP]|\(\?[=!<>#]|[*+?}]\+|&&|\[\^?\[|\\Q")
_POSIX = {"Alpha": "L", "Digit": "Nd", "Punct": "P", "Lower": "Ll", "Upper": "Lu", "Space": "Z", "Alnum": "LN"}


def joins_unicode(pattern: str) -> str | None:
    """Write a pattern for RE2, or give None where RE2 would match something else or not know it."""
    if _NOT_IN_RE2.search(pattern) or "$" in pattern.removesuffix("$") or pattern.endswith(r"\$"):
        return None
    written, in_class = [], False
    for token in _TOKEN.findall(pattern):
        in_class = token.startswith("[") or (in_class and token != "]")
        classes = _RE2_CLASSES.get(token)
        written.append(token if classes is None else classes if in_class else f"[{classes}]")
    text = "".join(written)
    return f"{text[:-1]}\\z" if text.endswith("$") else text


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern for Python.

    Raises
    ------
    QueryFailed
        For a pattern that is none, or that this engine does not read as Trino does.
    """
    try:
        return re.compile(_for_python(pattern))
    except re.error as error:
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"{error.msg}: /{pattern}/") from error


def _for_python(pattern: str) -> str:
    flags = re.search(r"\(\?([imsx]+)\)", pattern)
    if flags and flags.start() and "(" not in pattern[: flags.start()]:
        # Python takes flags that hold from here on only around what they hold for.
        pattern = f"{pattern[: flags.start()]}(?{flags[1]}:{pattern[flags.end() :]})"
    written, in_class = [], False
    for token in _TOKEN.findall(pattern):
        if token == "&&" and in_class or (token.startswith("[") and in_class) or token in {r"\Q", r"\G", r"\R", r"\X"}:
            raise unsupported(f"{token} in a regular expression")
        if token.startswith("["):
            in_class = True
            token = token.replace("[]", r"[\]").replace("[^]", r"[^\]")
        elif token == "]":
            in_class = False
        elif token[:2] in {r"\p", r"\P"}:
            token = _category(token, in_class)
        elif token.startswith(r"\x{"):
            token = re.escape(chr(int(token[3:-1], 16)))
        else:
            token = token if in_class else _FOR_PYTHON.get(token, token)
        written.append(token)
    return "".join(written)


def _category(token: str, in_class: bool) -> str:
    name = token[3:-1].removeprefix("^").removeprefix("Is")
    negated = token.startswith(r"\P") != token.startswith(r"\p{^")
    wanted = {"Alphabetic": "Alpha", "Uppercase": "Upper", "Lowercase": "Lower", "Letter": "Alpha"}.get(name, name)
    wanted = _POSIX.get(wanted, wanted)
    if not re.fullmatch(r"[LMNPSZC][a-zA-Z]?", wanted) or (in_class and negated):
        raise unsupported(f"{token} in a regular expression")
    ranges = _ranges(wanted)
    return ranges if in_class else f"[{'^' if negated else ''}{ranges}]"


@lru_cache
def _ranges(name: str) -> str:
    """Write the characters of a Unicode category as ranges."""
    kinds = tuple(name) if name == "LN" else (name,)
    ranges, start = [], None
    for number in range(sys.maxunicode + 2):
        inside = number <= sys.maxunicode and unicodedata.category(chr(number)).startswith(kinds)
        if inside and start is None:
            start = number
        elif not inside and start is not None:
            ranges.append(f"\\U{start:08x}-\\U{number - 1:08x}")
            start = None
    return "".join(ranges)

"""JSON as Trino reads and writes it: whole numbers stay whole, other numbers are doubles, keys may be sorted."""

import json
import re
from typing import Any

from local_aws.athena.failure import QueryFailed
from local_aws.athena.render import write_double

MISSING = object()
"""What is where a path leads nowhere; None is JSON's null."""


class Real(float):
    """A number with a point or an exponent, and how it was written."""

    __slots__ = ("text",)

    def __new__(cls, text: str) -> "Real":
        """Read the number."""
        made = super().__new__(cls, text)
        made.text = text
        return made


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_float=Real, parse_constant=_refuse_constant)


def read(text: str) -> Any:
    """Read one JSON value, or raise ValueError."""
    value, end = _DECODER.raw_decode(text.strip(" \t\r\n"))
    if end != len(text.strip(" \t\r\n")):
        raise ValueError("text after the value")
    return value


def read_first(text: str) -> Any:
    """Read the JSON value that a text begins with; `MISSING` where there is none."""
    try:
        return _DECODER.raw_decode(text.lstrip(" \t\r\n"))[0]
    except (ValueError, RecursionError):
        return MISSING


def write(value: Any, sort_keys: bool = False) -> str:
    """Write a value without blanks, as Trino's JSON type stands in an answer."""
    if isinstance(value, float):
        return write_double(value)
    if isinstance(value, dict):
        items = sorted(value.items()) if sort_keys else value.items()
        return "{" + ",".join(f"{write(key)}:{write(item, sort_keys)}" for key, item in items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(write(item, sort_keys) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def scalar_text(value: Any) -> str:
    """Write a scalar as plain text: a string without quotes, a number as it was written."""
    if isinstance(value, str):
        return value
    return value.text if isinstance(value, Real) else write(value)


_STEP = re.compile(r'\.([\w:]+)|\[(\w+)\]|\["((?:[^"\\]|\\["\\])*)"\]')


def steps(path: str) -> list[str]:
    """Read the path of ``json_extract``: ``$.a[0]["b c"]`` (Trino, "JSON functions and operators").

    Raises
    ------
    QueryFailed
        For another path.
    """
    found, place = [], 1
    while path[:1] == "$" and place < len(path) and (step := _STEP.match(path, place)):
        found.append(step[1] or step[2] or re.sub(r"\\(.)", r"\1", step[3] or ""))
        place = step.end()
    if not path or path[0] != "$" or place != len(path):
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"Invalid JSON path: '{path}'")
    return found


def follow(value: Any, path: str) -> Any:
    """Give what is at a path; `MISSING` where it leads nowhere."""
    for step in steps(path):
        if isinstance(value, dict):
            value = value.get(step, MISSING)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value

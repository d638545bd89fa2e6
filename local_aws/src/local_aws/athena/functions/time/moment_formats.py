"""Moments as text and back: the patterns of MySQL, of Joda-Time and of ISO 8601.

Source: "Date and time functions and operators" (Trino documentation).
"""

import re

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.calls import call
from local_aws.athena.functions.python_functions import python_call
from local_aws.athena.functions.signatures import parse_signatures, unexpected
from local_aws.athena.functions.time import zones
from local_aws.athena.functions.time.moments import TIMESTAMP, clocks_of, to_millis
from local_aws.athena.translation.inference import Typed, by_types, noted
from local_aws.athena.types.trino import VARCHAR, ZONED, TrinoType

FORMATS = {
    **{letter: f"%{letter}" for letter in "YymdHSjpIab"},
    **{"i": "%M", "s": "%S", "M": "%B", "W": "%A", "h": "%I", "T": "%H:%M:%S", "r": "%I:%M:%S %p", "%": "%%"},
    **{"e": "%-d", "c": "%-m", "k": "%-H", "l": "%-I", "v": "%V", "x": "%G"},
}
"""DuckDB's spelling of MySQL's format letters, which date_format and date_parse use."""


def _format(name: str, node: exp.Expression, fraction: str) -> exp.Expression:
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise unsupported(f"{name} with a format that is no literal")
    for letter in re.findall(r"%(.)", node.this):
        if letter in "wUuVXD":
            raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"%{letter} not supported in date format string")
    known = {**FORMATS, "f": fraction}
    return exp.Literal.string(re.sub(r"%(.)", lambda found: known.get(found[1], found[1]), node.this))


def _date_format(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    local = to_millis(clocks_of("date_format", args, kinds)[0], kinds[0])
    return noted(call("strftime", local, _format("date_format", args[1], "%g000")), VARCHAR)


def _date_parse(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    if [kind.name for kind in kinds] not in (["varchar", "varchar"], ["unknown", "varchar"]):
        raise unexpected(
            "date_parse", parse_signatures("date_parse(varchar(x), varchar(y)) -> bigint")["date_parse"], kinds
        )
    pattern = _format("date_parse", args[1], "%f")
    letters = set(re.findall(r"%(.)", args[1].this))
    if letters <= set("YmdHiSsTMbeck%") and "Y" in letters:
        return noted(call("strptime", args[0], pattern), TIMESTAMP)
    return noted(python_call("joda_moment", args[0], exp.Literal.string(_joda(args[1].this))), TIMESTAMP)


_JODA = {
    **{"a": "EEE", "b": "MMM", "c": "M", "d": "dd", "e": "d", "f": "SSSSSS", "H": "HH", "h": "hh", "I": "hh"},
    **{"i": "mm", "j": "DDD", "k": "H", "l": "h", "M": "MMMM", "m": "MM", "p": "a", "r": "hh:mm:ss a", "S": "ss"},
    **{"s": "ss", "T": "HH:mm:ss", "v": "ww", "x": "xxxx", "W": "EEEE", "Y": "yyyy", "y": "yy"},
}


def _joda(pattern: str) -> str:
    """Write a pattern of MySQL's letters as one of Joda-Time's."""
    parts = []
    for found in re.finditer(r"%(.)|([^%]+)", pattern):
        literal = found[2] or ("" if found[1] in _JODA else found[1])
        quoted = literal.replace("'", "''")
        parts.append(f"'{quoted}'" if literal else _JODA[found[1]])
    return "".join(parts)


def _format_datetime(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    local, zone = clocks_of("format_datetime", args, kinds)
    return noted(python_call("joda_text", to_millis(local, kinds[0]), zone, args[1]), VARCHAR)


def _to_iso8601(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    if kinds[0].name == "date":
        return noted(call("date_text", args[0]), TrinoType("varchar", (16,)))
    local, _ = clocks_of("to_iso8601", args, kinds)
    places = exp.Literal.number(kinds[0].numbers[0] if kinds[0].numbers else 3)
    text = call("replace", call("moment_text", local, places), exp.Literal.string(" "), exp.Literal.string("T"))
    if kinds[0].name == ZONED:
        text = call("concat", text, call("iso_offset", call("zone_minutes", local.copy(), zones.utc_of(args[0]))))
    return noted(text, VARCHAR)


_TRANSLATORS: dict[str, Typed] = {
    "date_format": _date_format,
    "date_parse": _date_parse,
    "format_datetime": _format_datetime,
    "to_iso8601": _to_iso8601,
}
TRANSLATORS = by_types(_TRANSLATORS)

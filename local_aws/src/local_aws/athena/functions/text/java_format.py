"""Java's ``String.format``, which Trino's format is, and Trino's format_number.

Source: ``java.util.Formatter`` (Java's API documentation).
"""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from local_aws.athena.functions.python_functions import trino
from local_aws.athena.functions.text.text_functions import invalid
from local_aws.athena.functions.time.joda import DAYS, MONTHS
from local_aws.athena.render import write_double, write_real

_SPECIFIER = re.compile(r"%(?:(\d+)\$|(<))?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([tT]?[a-zA-Z%])")
_JAVA = {
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), "java.lang.Long"),
    **{"double": "java.lang.Double", "real": "java.lang.Float", "decimal": "java.math.BigDecimal"},
    **{"varchar": "java.lang.String", "boolean": "java.lang.Boolean", "date": "java.time.LocalDate"},
    **{"timestamp": "java.time.LocalDateTime", "time": "java.time.LocalTime"},
}
_WHOLE = {"tinyint", "smallint", "integer", "bigint"}
_REAL = {"double", "real", "decimal"}


@trino("java_format(varchar, varchar, array(varchar)) -> varchar")
def java_format(pattern: str, kinds: str, values: list[str | None]) -> str:
    """Write values, handed over as text with the names of their types, by a pattern."""
    arguments = list(zip(kinds.split(","), values, strict=True)) if kinds else []
    written, place, ordinary, last = [], 0, 0, -1
    for found in re.finditer("%", pattern):
        if found.start() < place:
            continue
        written.append(pattern[place : found.start()])
        specifier = _SPECIFIER.match(pattern, found.start())
        if specifier is None:
            raise _wrong(pattern, f"UnknownFormatConversion: Conversion = '{pattern[found.start() + 1 :][:1] or '%'}'")
        place = specifier.end()
        index, again, flags, width, precision, conversion = specifier.groups()
        if conversion in "%n":
            written.append(_padded("%" if conversion == "%" else "\n", flags, width))
            continue
        if again:
            number = last
        elif index:
            number = int(index) - 1
        else:
            number, ordinary = ordinary, ordinary + 1
        if not 0 <= number < len(arguments):
            raise _wrong(pattern, f"MissingFormatArgument: Format specifier '{specifier[0]}'")
        last = number
        written.append(_argument(pattern, specifier, *arguments[number]))
    return "".join(written) + pattern[place:]


def _wrong(pattern: str, message: str) -> Exception:
    return invalid(f"Invalid format string: {pattern} ({message})")


def _argument(pattern: str, specifier: re.Match[str], kind: str, value: str | None) -> str:
    _, _, flags, width, precision, conversion = specifier.groups()
    if len(set(flags)) < len(flags):
        twice = next(flag for flag in flags if flags.count(flag) > 1)
        raise _wrong(pattern, f"DuplicateFormatFlags: Flags = '{twice}'")
    if "-" in flags and "0" in flags:
        raise _wrong(pattern, f"IllegalFormatFlags: Flags = '{flags}'")
    if ("-" in flags or "0" in flags) and width is None:
        raise _wrong(pattern, f"MissingFormatWidth: {specifier[0]}")
    lower = conversion[0].lower()
    if lower not in "bhsdoxefgtca":
        raise _wrong(pattern, f"UnknownFormatConversion: Conversion = '{conversion[0]}'")
    if lower in "sbh" and set(flags) - {"-", "#"}:
        raise _wrong(pattern, f"FormatFlagsConversionMismatch: Conversion = {lower}, Flags = {flags}")
    if lower in "dox" and precision is not None:
        raise _wrong(pattern, f"IllegalFormatPrecision: {precision}")
    text = _converted(pattern, kind, value, flags, width, precision, conversion)
    return _padded(text.upper() if conversion[0].isupper() else text, flags, width)


def _converted(
    pattern: str, kind: str, value: str | None, flags: str, width: str | None, precision: str | None, conversion: str
) -> str:
    lower = conversion[0].lower()
    if lower == "b":
        return _cut("false" if value is None else value if kind == "boolean" else "true", precision)
    if value is None:
        return _cut("null", precision)
    if lower == "s":
        return _cut(_java_text(kind, value), precision)
    allowed = _WHOLE if lower in "dox" else _REAL if lower in "efg" else None
    if lower == "t":
        return _moment(pattern, kind, value, conversion)
    if allowed is None or kind not in allowed:
        raise _wrong(pattern, f"IllegalFormatConversion: {lower} != {_JAVA.get(kind, 'java.lang.String')}")
    if lower in "ox":
        number = int(value) if int(value) >= 0 else int(value) + 2**64
        return _zeros(("0x" if lower == "x" else "0") * ("#" in flags) + f"{number:{lower}}", flags, width)
    if lower == "d":
        return _signed(Decimal(value), f"{abs(int(value)):{',' if ',' in flags else ''}}", flags, width)
    if value in {"nan", "inf", "-inf", "NaN", "Infinity", "-Infinity"}:
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(value, value)
    number = Decimal(value)
    return _signed(number, _digits(number, lower, 6 if precision is None else int(precision), flags), flags, width)


def _digits(number: Decimal, conversion: str, places: int, flags: str) -> str:
    with localcontext() as context:
        context.prec = 400
        if conversion == "f":
            return f"{abs(number).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):{',' if ',' in flags else ''}f}"
        if conversion == "g":
            places = max(places, 1)
            rounded = abs(number) if not number else _significant(abs(number), places)
            if rounded == 0 or Decimal("1e-4") <= rounded < Decimal(10) ** places:
                after = max(0, places - (rounded.adjusted() + 1 if rounded else 1))
                whole = rounded.quantize(Decimal(1).scaleb(-after), ROUND_HALF_UP)
                return f"{whole:{',' if ',' in flags else ''}f}"
            places -= 1
        mantissa = _significant(abs(number), places + 1)
        exponent = mantissa.adjusted() if mantissa else 0
        return f"{mantissa.scaleb(-exponent):.{places}f}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _significant(number: Decimal, digits: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1), ROUND_HALF_UP) if number else number


def _signed(number: Decimal, digits: str, flags: str, width: str | None) -> str:
    negative = number.is_signed()
    if negative and "(" in flags:
        return f"({digits})"
    sign = "-" if negative else "+" if "+" in flags else " " if " " in flags else ""
    return sign + (digits.rjust(int(width) - len(sign), "0") if "0" in flags else digits)


def _zeros(text: str, flags: str, width: str | None) -> str:
    return text.rjust(int(width), "0") if "0" in flags else text


def _cut(text: str, precision: str | None) -> str:
    return text if precision is None else text[: int(precision)]


def _padded(text: str, flags: str, width: str | None) -> str:
    return text if width is None else text.ljust(int(width)) if "-" in flags else text.rjust(int(width))


def _java_text(kind: str, value: str) -> str:
    if kind == "double":
        return write_double(float(value))
    if kind == "real":
        return write_real(float(value))
    if kind == "timestamp":
        date, _, time = value.partition(" ")
        return f"{date}T{_java_time(time)}"
    return _java_time(value) if kind == "time" else value


def _java_time(text: str) -> str:
    """Write a time as ``LocalTime.toString`` does: no seconds that are zero, a fraction of 3 or 6 digits."""
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    if fraction:
        return f"{whole}.{fraction:0<{3 if len(fraction) <= 3 else 6}}"
    return whole[:5] if whole.endswith(":00") else whole


_TIMES: dict[str, str] = {
    **{"H": "%H", "I": "%I", "M": "%M", "S": "%S", "L": "%f", "Y": "%Y", "y": "%y", "m": "%m", "d": "%d", "j": "%j"},
    **{"R": "%H:%M", "T": "%H:%M:%S", "r": "%I:%M:%S %p", "D": "%m/%d/%y", "F": "%Y-%m-%d", "N": "%f000"},
}


def _moment(pattern: str, kind: str, value: str, conversion: str) -> str:
    letter = conversion[1:]
    if kind not in {"date", "timestamp", "time"}:
        raise _wrong(pattern, f"IllegalFormatConversion: {letter} != {_JAVA.get(kind, 'java.lang.String')}")
    moment = dt.datetime.fromisoformat(f"1970-01-01 {value}" if kind == "time" else value)
    if letter in "AaBbhekl" and letter:
        names: dict[str, Any] = {"A": DAYS[moment.weekday()], "B": MONTHS[moment.month - 1], "e": moment.day}
        names |= {"a": names["A"][:3], "b": names["B"][:3], "h": names["B"][:3]}
        names |= {"k": moment.hour, "l": moment.hour % 12 or 12}
        return str(names[letter])
    if letter == "L":
        return f"{moment.microsecond // 1000:03d}"
    if letter == "p":
        return "am" if moment.hour < 12 else "pm"
    if letter not in _TIMES:
        raise _wrong(pattern, f"UnknownFormatConversion: Conversion = 't{letter}'")
    return moment.strftime(_TIMES[letter])


_UNITS = ("", "K", "M", "B", "T", "Q")


@trino("format_number(double) -> varchar")
def _format_number_double(value: float) -> str:
    return _short(value)


@trino("format_number(bigint) -> varchar")
def _format_number(value: int) -> str:
    return _short(float(value))


def _short(value: float) -> str:
    """Three digits and a unit; numbers below zero keep two decimals whatever their size, as Trino has it."""
    value, unit = float(int(value)), 0
    while abs(value) >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    places = 2 if value < 10 else 1 if value < 100 else 0
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{rounded:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + _UNITS[unit]

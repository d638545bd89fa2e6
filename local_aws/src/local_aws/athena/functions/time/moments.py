"""Functions of dates, times and timestamps (Trino, "Date and time functions and operators")."""

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.functions.calls import call, number
from local_aws.athena.functions.signatures import accepts as accepts_whole
from local_aws.athena.functions.signatures import parse_signatures, unexpected
from local_aws.athena.functions.time import intervals, zones
from local_aws.athena.translation.casts import coerce, convert, duck_cast
from local_aws.athena.translation.inference import Typed, by_types, noted
from local_aws.athena.translation.named_types import MOST_PLACES
from local_aws.athena.types.trino import BIGINT, DAY_TIME, VARCHAR, YEAR_MONTH, ZONED, TrinoType, common_type

DATE_UNITS = {"day", "week", "month", "quarter", "year"}
TIME_UNITS = {"millisecond", "second", "minute", "hour"}
UNITS = {"date": DATE_UNITS, "time": TIME_UNITS, "timestamp": DATE_UNITS | TIME_UNITS, ZONED: DATE_UNITS | TIME_UNITS}
FIELDS = {
    **{name: name for name in ("year", "quarter", "month", "day", "hour", "minute", "second", "millisecond", "week")},
    **{"week_of_year": "week", "day_of_month": "day", "day_of_week": "isodow", "dow": "isodow"},
    **{"day_of_year": "dayofyear", "doy": "dayofyear", "year_of_week": "isoyear", "yow": "isoyear"},
}
_PARTS = {"day": 86_400_000, "hour": 3_600_000, "minute": 60_000, "second": 1000, "millisecond": 1}
TIMESTAMP = TrinoType("timestamp", (3,))
_EPOCH = duck_cast(exp.Literal.string("1970-01-01"), "DATE")

MACROS = (
    "truncated_time(unit, t) AS CAST(date_trunc(unit, DATE '1970-01-01' + t) AS TIME)",
    "zone_minutes(local, utc) AS CAST(epoch(local) - epoch(utc) AS BIGINT) // 60",
    "seconds_of(t) AS epoch_us(t) / 1000000.0::DOUBLE",
    # Trino keeps the milliseconds of a zoned moment in 52 bits.
    "moment_of_seconds(x) AS epoch_ms(CAST(floor(CASE WHEN abs(x * 1000) < 2.0 ** 51 THEN x * 1000 ELSE "
    "CAST('GENERIC_INTERNAL_ERROR: Millis overflow' AS TINYINT) END + 0.5) AS BIGINT))",
)


def _accepted(name: str, kinds: list[TrinoType], *allowed: str) -> QueryFailed:
    forms = parse_signatures("\n".join(f"{name}({kind}) -> bigint" for kind in allowed))[name]
    return unexpected(name, forms, kinds)


def _field(name: str) -> Typed:
    """The part of a date, time, timestamp or interval; of a zoned moment by the clocks of its zone."""

    def translate(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
        if len(kinds) != 1:
            raise _accepted(name, kinds, "date", "timestamp(p)")
        value, kind, part = args[0], kinds[0], FIELDS[name]
        if kind.name in {DAY_TIME, YEAR_MONTH}:
            return noted(_interval_part(name, part, value, kind), BIGINT)
        if kind.name == "unknown":
            return noted(duck_cast(exp.Null(), "BIGINT"), BIGINT)
        if not (kind.moment or (kind.name == "time" and part in TIME_UNITS)):
            raise _accepted(name, kinds, "date", "timestamp(p)", "timestamp(p) with time zone")
        local = zones.local_of(value) if kind.name == ZONED else value
        local = duck_cast(local, "TIMESTAMP") if kind.name == "date" and part in TIME_UNITS else local
        made = call(part, local)
        if part == "millisecond":
            made = exp.Paren(this=exp.Mod(this=made, expression=exp.Literal.number(1000)))
        return noted(duck_cast(made, "BIGINT"), BIGINT)

    return translate


def _interval_part(name: str, part: str, value: exp.Expression, kind: TrinoType) -> exp.Expression:
    amount = intervals.number_of(value, kind)
    if kind.name == YEAR_MONTH and part in {"year", "month"}:
        operator = exp.IntDiv if part == "year" else exp.Mod
        return duck_cast(exp.Paren(this=operator(this=amount, expression=exp.Literal.number(12))), "BIGINT")
    if kind.name == YEAR_MONTH or part not in _PARTS:
        raise _accepted(name, [kind], "date", "timestamp(p)")
    larger = {"hour": 86_400_000, "minute": 3_600_000, "second": 60_000, "millisecond": 1000}.get(part)
    if larger:
        amount = exp.Paren(this=exp.Mod(this=amount, expression=exp.Literal.number(larger)))
    return exp.Paren(this=exp.IntDiv(this=amount, expression=exp.Literal.number(_PARTS[part])))


def _unit(name: str, node: exp.Expression, kind: TrinoType) -> str:
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise unsupported(f"{name} with a unit that is no literal")
    unit = node.this.lower()
    if unit not in UNITS[kind.name]:
        words = {"date": "DATE", "time": "Time"}.get(kind.name, "Timestamp")
        raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid {words} field")
    return unit


def _checked(name: str, kinds: list[TrinoType], before: tuple[str, ...], moments: int) -> None:
    """Refuse a call whose last arguments are no moments, or whose first are not as they have to be."""
    whole = len(kinds) == len(before) + moments
    first, last = kinds[: len(before)], kinds[len(before) :]
    given = whole and all(
        kind.name == "unknown" or accepts_whole(wanted, kind) for wanted, kind in zip(before, first, strict=True)
    )
    if not given or not all(kind.moment or kind.name in {"time", "unknown"} for kind in last):
        shown = ", ".join((*before, *["timestamp(p)"] * moments))
        raise unexpected(name, parse_signatures(f"{name}({shown}) -> bigint")[name], kinds)


def _known(args: list[exp.Expression], kinds: list[TrinoType]) -> tuple[list[exp.Expression], list[TrinoType]]:
    """Read a bare NULL as a timestamp."""
    named = [TIMESTAMP if kind.name == "unknown" else kind for kind in kinds]
    return [coerce(arg, kind, known) for arg, kind, known in zip(args, kinds, named, strict=True)], named


def _date_trunc(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    _checked("date_trunc", kinds, ("varchar",), 1)
    (value,), (kind,) = _known(args[1:], kinds[1:])
    unit = exp.Literal.string(_unit("date_trunc", args[0], kind))
    if kind.name == "time":
        return noted(call("truncated_time", unit, value), kind)
    if kind.name == ZONED:
        local = zones.local_of(value)
        truncated = call("date_trunc", unit, local)
        if unit.this in DATE_UNITS:
            return zones.zoned_local(truncated, zones.zone_of(value), kind.numbers[0])
        rest = exp.Paren(this=exp.Sub(this=local.copy(), expression=truncated))
        return zones.zoned(
            exp.Paren(this=exp.Sub(this=zones.utc_of(value), expression=rest)), zones.zone_of(value), kind.numbers[0]
        )
    truncated = call("date_trunc", unit, value)
    return noted(duck_cast(truncated, "DATE" if kind.name == "date" else "TIMESTAMP"), kind)


def _span(unit: str, amount: exp.Expression) -> exp.Expression:
    """Write DuckDB's interval of a number of units."""
    factor = {"week": 7, "quarter": 3}.get(unit, 1)
    plural = {"week": "days", "quarter": "months", "millisecond": "milliseconds"}.get(unit, f"{unit}s")
    if factor > 1:
        amount = exp.Paren(this=exp.Mul(this=exp.Paren(this=amount), expression=exp.Literal.number(factor)))
    return call(f"to_{plural}", duck_cast(amount, "INTEGER" if unit in DATE_UNITS else "BIGINT"))


def _date_add(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    _checked("date_add", kinds, ("varchar", "bigint"), 1)
    (value,), (kind,) = _known(args[2:], kinds[2:])
    unit = _unit("date_add", args[0], kind)
    if unit == "millisecond" and kind.numbers[0] < 3:
        finer = TrinoType(kind.name, (3,))
        return noted(convert(_date_add([*args[:2], value], [*kinds[:2], finer]), finer, kind), kind)
    span = _span(unit, args[1])
    if kind.name == ZONED:
        local = unit in DATE_UNITS
        base = zones.local_of(value) if local else zones.utc_of(value)
        moved = exp.Paren(this=exp.Add(this=base, expression=span))
        return (zones.zoned_local if local else zones.zoned)(moved, zones.zone_of(value), kind.numbers[0])
    moved = exp.Paren(this=exp.Add(this=value, expression=span))
    return noted(duck_cast(moved, "DATE") if kind.name == "date" else moved, kind)


def _date_diff(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    _checked("date_diff", kinds, ("varchar",), 2)
    values, known = _known(args[1:], kinds[1:])
    wanted = common_type(*known)
    if wanted is None:
        raise unexpected(
            "date_diff",
            parse_signatures("date_diff(varchar, timestamp(p), timestamp(p)) -> bigint")["date_diff"],
            kinds,
        )
    unit = _unit("date_diff", args[0], wanted)
    sides = [coerce(value, kind, wanted) for value, kind in zip(values, known, strict=True)]
    if wanted.name == "time":
        sides = [exp.Paren(this=exp.Add(this=_EPOCH.copy(), expression=side)) for side in sides]
    if wanted.name == ZONED:
        zone = zones.zone_of(sides[0])
        sides = [zones.utc_of(side) for side in sides]
        if unit in DATE_UNITS:
            sides = [call("local_of_utc", side, zone.copy()) for side in sides]
    return noted(call("datesub", exp.Literal.string(unit), *sides), BIGINT)


def _date(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    if len(kinds) != 1 or not (kinds[0].moment or kinds[0].name in {"varchar", "unknown"}):
        raise _accepted("date", kinds, "varchar(x)", "timestamp(p)", "timestamp(p) with time zone")
    wanted = TrinoType("date")
    return noted(convert(args[0], kinds[0], wanted), wanted)


def _last_day_of_month(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    _checked("last_day_of_month", kinds, (), 1)
    return noted(call("last_day", _date(args, kinds)), TrinoType("date"))


def clocks_of(name: str, args: list[exp.Expression], kinds: list[TrinoType]) -> tuple[exp.Expression, exp.Expression]:
    """Give what the clocks show, and the zone; a timestamp is in UTC."""
    _checked(name, kinds[:1], (), 1)
    if kinds[0].name == ZONED:
        return zones.local_of(args[0]), zones.zone_of(args[0])
    if kinds[0].name == "time":
        raise _accepted(name, kinds, "timestamp(p)", "timestamp(p) with time zone")
    return duck_cast(args[0], "TIMESTAMP"), exp.Literal.string("UTC")


def to_millis(moment: exp.Expression, kind: TrinoType) -> exp.Expression:
    """Round a moment to the milliseconds that Joda-Time has."""
    return call("rounded_moment", moment, number(1000)) if kind.numbers and kind.numbers[0] > 3 else moment


def _to_unixtime(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    clocks_of("to_unixtime", args, kinds)
    utc = zones.utc_of(args[0]) if kinds[0].name == ZONED else duck_cast(args[0], "TIMESTAMP")
    return noted(call("seconds_of", utc), TrinoType("double"))


def _from_unixtime(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    wanted = {1: ["double"], 2: ["double", "varchar"], 3: ["double", "bigint", "bigint"]}.get(len(args), [])
    if not wanted or not all(map(accepts_whole, wanted, kinds)):
        raise _accepted("from_unixtime", kinds, "double", "double, varchar(x)", "double, bigint, bigint")
    moment = call("moment_of_seconds", duck_cast(args[0], "DOUBLE"))
    if len(args) == 3:
        hours = exp.Mul(this=exp.Paren(this=args[1]), expression=exp.Literal.number(3_600_000))
        minutes = exp.Mul(this=exp.Paren(this=args[2]), expression=exp.Literal.number(60_000))
        zone = call("offset_zone", exp.Paren(this=exp.Add(this=hours, expression=minutes)))
        return zones.zoned(moment, zone)
    return zones.zoned(moment, zones.named(args[1]) if len(args) == 2 else exp.Literal.string("UTC"))


def _zone_part(name: str) -> Typed:
    def translate(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
        if len(kinds) != 1 or kinds[0].name != ZONED:
            raise _accepted(name, kinds, "timestamp(p) with time zone")
        minutes = call("zone_minutes", zones.local_of(args[0]), zones.utc_of(args[0]))
        operator = exp.IntDiv if name == "timezone_hour" else exp.Mod
        return noted(exp.Paren(this=operator(this=minutes, expression=exp.Literal.number(60))), BIGINT)

    return translate


def _at_timezone(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    if len(kinds) != 2 or not kinds[0].moment or kinds[1].name not in {"varchar", DAY_TIME}:
        raise _accepted("at_timezone", kinds, "timestamp(p) with time zone, varchar(x)")
    moment = coerce(args[0], kinds[0], TrinoType(ZONED, kinds[0].numbers or (3,)))
    zone = args[1] if kinds[1].name == "varchar" else call("offset_text", intervals.number_of(args[1], kinds[1]))
    return zones.zoned(zones.utc_of(moment), zones.named(zone), *kinds[0].numbers)


def _with_timezone(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    if len(kinds) != 2 or kinds[0].name not in {"date", "timestamp"} or kinds[1].name != "varchar":
        raise _accepted("with_timezone", kinds, "timestamp(p), varchar(x)")
    return zones.zoned_local(duck_cast(args[0], "TIMESTAMP"), zones.named(args[1]), *kinds[0].numbers)


def _to_milliseconds(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    if len(kinds) != 1 or kinds[0].name != DAY_TIME:
        raise _accepted("to_milliseconds", kinds, DAY_TIME)
    return noted(intervals.number_of(args[0], kinds[0]), BIGINT)


def _now(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
    return zones.zoned(present(), exp.Literal.string("UTC"))


def _local(name: str) -> Typed:
    """What the clocks showed when the query began, with so many digits of a second as are asked for."""

    def translate(args: list[exp.Expression], kinds: list[TrinoType]) -> exp.Expression:
        if len(args) != 1 or not isinstance(args[0], exp.Literal) or not args[0].this.isdigit():
            raise _accepted(name, kinds, "p")
        if int(args[0].this) > MOST_PLACES:
            raise unsupported(f"{name} with {args[0].this} digits of a second")
        wanted = TrinoType(name.removeprefix("local"), (int(args[0].this),))
        return noted(convert(present(), TIMESTAMP, wanted), wanted)

    return translate


def present() -> exp.Expression:
    """Write the time in UTC at which the query began, in milliseconds."""
    utc = call("timezone", exp.Literal.string("UTC"), call("now"))
    return call("date_trunc", exp.Literal.string("millisecond"), utc)


_TRANSLATORS: dict[str, Typed] = {
    **{name: _field(name) for name in FIELDS},
    "date": _date,
    "date_add": _date_add,
    "date_diff": _date_diff,
    "date_trunc": _date_trunc,
    "at_timezone": _at_timezone,
    "current_timestamp": _now,
    "current_timezone": lambda args, kinds: noted(exp.Literal.string("UTC"), VARCHAR),
    "from_unixtime": _from_unixtime,
    "last_day_of_month": _last_day_of_month,
    "localtime": _local("localtime"),
    "localtimestamp": _local("localtimestamp"),
    "now": _now,
    "timezone_hour": _zone_part("timezone_hour"),
    "timezone_minute": _zone_part("timezone_minute"),
    "to_milliseconds": _to_milliseconds,
    "to_unixtime": _to_unixtime,
    "with_timezone": _with_timezone,
}


TRANSLATORS = by_types(_TRANSLATORS)

"""Moments with a time zone: each is a row of the moment in UTC and the zone.

Source: "Date and time functions and operators" (Trino documentation).
"""

from sqlglot import exp

from local_aws.athena.functions.calls import call
from local_aws.athena.functions.python_functions import python_call, trino
from local_aws.athena.functions.time.time_zones import zone_name
from local_aws.athena.translation.inference import noted
from local_aws.athena.types.trino import UTC_FIELD, ZONE_FIELD, ZONED, TrinoType

_MINUTES = "(CASE WHEN z[1] = '-' THEN -1 ELSE 1 END * (CAST(z[2:3] AS BIGINT) * 60 + CAST(z[5:6] AS BIGINT)))"
MACROS = (
    f"zoned(u, z) AS CASE WHEN u IS NOT NULL AND z IS NOT NULL THEN "
    f"{{'{UTC_FIELD}': CAST(u AS TIMESTAMP), '{ZONE_FIELD}': CAST(z AS VARCHAR)}} END",
    f"utc_of_local(t, z) AS CASE WHEN z = 'UTC' THEN CAST(t AS TIMESTAMP) WHEN z[1] IN ('+', '-') "
    f"THEN CAST(t AS TIMESTAMP) - to_minutes({_MINUTES}) ELSE timezone('UTC', timezone(z, CAST(t AS TIMESTAMP))) END",
    f"local_of_utc(u, z) AS CASE WHEN z = 'UTC' THEN u WHEN z[1] IN ('+', '-') THEN u + to_minutes({_MINUTES}) "
    "ELSE timezone(z, timezone('UTC', u)) END",
    "offset_text(n) AS CASE WHEN n < 0 THEN '-' ELSE '+' END || lpad((abs(n) // 3600000)::VARCHAR, 2, '0') || ':' "
    "|| lpad((abs(n) // 60000 % 60)::VARCHAR, 2, '0')",
    "offset_zone(n) AS CASE WHEN n = 0 THEN 'UTC' WHEN abs(n) > 50400000 THEN "
    "CAST('INVALID_FUNCTION_ARGUMENT: Invalid offset minutes ' || n // 60000 AS TINYINT)::VARCHAR "
    "ELSE offset_text(n) END",
    "iso_offset(minutes) AS CASE WHEN minutes = 0 THEN 'Z' ELSE offset_text(minutes * 60000) END",
)


def zoned(utc: exp.Expression, zone: exp.Expression, precision: int = 3) -> exp.Expression:
    """Write a zoned moment of its moment in UTC and its zone."""
    return noted(call("zoned", utc, zone), TrinoType(ZONED, (precision,)))


def zoned_local(local: exp.Expression, zone: exp.Expression, precision: int = 3) -> exp.Expression:
    """Write a zoned moment of what the clocks of a zone show."""
    return zoned(call("utc_of_local", local, zone), zone.copy(), precision)


def in_utc(local: exp.Expression, precision: int = 3) -> exp.Expression:
    """Write a zoned moment of a timestamp or date in the zone of the session, which is UTC."""
    return zoned(exp.cast(local, "timestamp", dialect="duckdb"), exp.Literal.string("UTC"), precision)


def utc_of(node: exp.Expression) -> exp.Expression:
    """Write the moment in UTC."""
    return call("struct_extract", node.copy(), exp.Literal.string(UTC_FIELD))


def zone_of(node: exp.Expression) -> exp.Expression:
    """Write the zone."""
    return call("struct_extract", node.copy(), exp.Literal.string(ZONE_FIELD))


def local_of(node: exp.Expression) -> exp.Expression:
    """Write what the clocks of the moment's zone show."""
    return call("local_of_utc", utc_of(node), zone_of(node))


@trino("zone_id(varchar) -> varchar")
def zone_id(text: str) -> str:
    """Give a zone's name as Trino writes it."""
    return zone_name(text)


def named(zone: exp.Expression) -> exp.Expression:
    """Write the name of a zone as Trino writes it."""
    if isinstance(zone, exp.Literal) and zone.is_string:
        return exp.Literal.string(zone_name(zone.this))
    return python_call("zone_id", zone)

"""Running a user's Python function over records, with the forgiving error handling of AWS's library."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from awsglue._sources import Record, Source

SWALLOWED = (KeyError, ValueError, TypeError)
"""What AWS's Filter takes for "no" (awsglue/dynamicframe.py, ``filter``)."""


def lenient_predicate(function: "Callable[[Record], Any]") -> "Callable[[Record], bool]":
    """The predicate that keeps a record only where the function runs through and says yes."""

    def holds(record: "Record") -> bool:
        try:
            return bool(function(record))
        except Exception:  # noqa: BLE001 - AWS's rule: a record that the function fails on is no row
            return False

    return holds


def predicate_fails(function: "Callable[[Record], Any]") -> "Callable[[Record], bool]":
    """Whether a predicate makes an error record: it raises something that Filter does not swallow."""

    def fails(record: "Record") -> bool:
        try:
            function(record)
        except SWALLOWED:
            return False
        except Exception:  # noqa: BLE001 - counted as an error record
            return True
        return False

    return fails


def mapped_or_none(function: "Callable[[Record], Any]") -> "Callable[[Record], Record | None]":
    """What the function makes of a record, or ``None`` where Map makes an error record of it."""

    def mapped(record: "Record") -> "Record | None":
        try:
            return function(record) or None
        except Exception:  # noqa: BLE001 - AWS's rule: any error makes an error record
            return None

    return mapped


def map_records(source: "Source", function: "Callable[[Record], Any]") -> "DataFrame":
    """The records that the function returns, with a schema found over all of them."""
    session = source.rows.sparkSession
    mapped = source.records().map(mapped_or_none(function)).filter(lambda record: record is not None)
    if mapped.isEmpty():
        return session.createDataFrame([], source.rows.schema)
    setting = "spark.sql.pyspark.inferNestedDictAsStruct.enabled"
    before = session.conf.get(setting)
    session.conf.set(setting, "true")
    try:
        return session.createDataFrame(mapped, samplingRatio=1.0)
    finally:
        session.conf.set(setting, before)

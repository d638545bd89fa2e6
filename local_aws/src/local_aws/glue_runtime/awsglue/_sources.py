"""Where the rows of a DynamicFrame come from (JSON lines, or any Spark DataFrame), and functions over its records.

A user's function that fails is forgiven as in AWS's library.
"""

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from awsglue import gluetypes as glue
from awsglue._choices import quoted
from awsglue._files import SourceFile
from awsglue._inference import infer_schema
from awsglue._step import exact_names, switched_on
from awsglue._values import holds_choice, reader_of

Record = dict[str, Any]

SWALLOWED = (KeyError, ValueError, TypeError)
"""What AWS's Filter takes for "no" (awsglue/dynamicframe.py, ``filter``)."""


class FrameSource:
    """A Spark DataFrame as it is; ``errors`` counts the error records of the frames it came from."""

    def __init__(self, rows: DataFrame, errors: Callable[[], int] = lambda: 0):
        self.rows = rows
        self._errors = errors

    @cached_property
    def schema(self) -> glue.StructType:
        return glue.from_spark(self.rows.schema)

    @cached_property
    def errors(self) -> int:
        return self._errors()

    def keep(self, predicate: Callable[[Record], bool]) -> DataFrame:
        """The rows whose record the predicate holds for."""
        kept = self.rows.rdd.filter(lambda row: predicate(row.asDict(recursive=True)))
        return self.rows.sparkSession.createDataFrame(kept, self.rows.schema)

    def records(self) -> Any:
        """An RDD of the records as dictionaries, as ``Map`` sees them."""
        return self.rows.rdd.map(lambda row: row.asDict(recursive=True))


class JsonSource:
    """JSON-lines files; a line that is not one JSON object stops whatever needs the rows or their schema."""

    def __init__(self, session: SparkSession, files: list[SourceFile]):
        self._session = session
        self._files = files

    @cached_property
    def schema(self) -> glue.StructType:
        return infer_schema([file.local for file in self._files])

    @property
    def errors(self) -> int:
        _ = self.schema  # it is found by the same reading, which a broken line stops
        return 0

    @property
    def rows(self) -> DataFrame:
        return self._parsed.select("record.*")

    def keep(self, predicate: Callable[[Record], bool]) -> DataFrame:
        """The rows whose record, read from its own line, the predicate holds for: there an absent key is no null."""
        kept = self._parsed.rdd.filter(lambda row: predicate(json.loads(row.line)))
        return self._session.createDataFrame(kept, self._parsed.schema).select("record.*")

    def records(self) -> Any:
        """An RDD of the records as dictionaries, without the keys that a line has not."""
        return self._parsed.rdd.map(lambda row: json.loads(row.line))

    @cached_property
    def _parsed(self) -> DataFrame:
        """The lines that are not blank, each with its record."""
        if self._files:
            lines = self._session.read.text([file.pattern for file in self._files])
        else:
            lines = self._session.createDataFrame([], "value string")
        lines = lines.filter(F.trim("value") != "").withColumnRenamed("value", "line")
        if any(holds_choice(field.dataType) for field in self.schema):
            return self._parsed_by_python(lines)
        fields = [spark.StructField(field.name, glue.to_spark(field.dataType)) for field in self.schema]
        record = F.from_json("line", spark.StructType(fields), {"mode": "FAILFAST"}).alias("record")
        return lines.select("line", record)

    def _parsed_by_python(self, lines: DataFrame) -> DataFrame:
        """The same where Spark cannot tell the types of a choice apart: to its parser a number is a string too."""
        fields = [
            spark.StructField(
                field.name, glue.to_spark(field.dataType), True, glue.CHOICE_MARK if _is_choice(field) else {}
            )
            for field in self.schema
        ]
        record = spark.StructField("record", spark.StructType(fields))
        schema, read = spark.StructType([spark.StructField("line", spark.StringType()), record]), reader_of(self.schema)
        parsed = lines.rdd.map(lambda row: (row.line, read(json.loads(row.line))))
        return self._session.createDataFrame(parsed, schema, verifySchema=False)


Source = FrameSource | JsonSource
"""The rows behind a DynamicFrame; nothing is read before they, their schema or their errors are asked for."""


def _is_choice(field: glue.Field) -> bool:
    return isinstance(field.dataType, glue.ChoiceType)


def plain_rows(source: Source) -> DataFrame:
    """The rows without the marks of unsettled choices, which then are structs like any other."""
    rows = source.rows
    if not any(field.metadata for field in rows.schema):
        return rows
    with exact_names():
        return rows.select(*(F.col(quoted(name)).alias(name, metadata={}) for name in rows.columns))


def lenient_predicate(function: Callable[[Record], Any]) -> Callable[[Record], bool]:
    """The predicate that keeps a record only where the function runs through and says yes."""

    def holds(record: Record) -> bool:
        try:
            return bool(function(record))
        except Exception:  # noqa: BLE001 - AWS's rule: a record that the function fails on is no row
            return False

    return holds


def predicate_fails(function: Callable[[Record], Any]) -> Callable[[Record], bool]:
    """Whether a predicate makes an error record: it raises something that Filter does not swallow."""

    def fails(record: Record) -> bool:
        try:
            function(record)
        except SWALLOWED:
            return False
        except Exception:  # noqa: BLE001 - counted as an error record
            return True
        return False

    return fails


def mapped_or_none(function: Callable[[Record], Any]) -> Callable[[Record], Record | None]:
    """What the function makes of a record, or ``None`` where Map makes an error record of it."""

    def mapped(record: Record) -> Record | None:
        try:
            return function(record) or None
        except Exception:  # noqa: BLE001 - AWS's rule: any error makes an error record
            return None

    return mapped


def map_records(source: Source, function: Callable[[Record], Any]) -> DataFrame:
    """The records that the function returns, with a schema found over all of them."""
    session = source.rows.sparkSession
    mapped = source.records().map(mapped_or_none(function)).filter(lambda record: record is not None)
    if mapped.isEmpty():
        return session.createDataFrame([], source.rows.schema)
    with switched_on("spark.sql.pyspark.inferNestedDictAsStruct.enabled"):
        return session.createDataFrame(mapped, samplingRatio=1.0)

"""Where the rows of a DynamicFrame come from: JSON lines, or any Spark DataFrame."""

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from awsglue import gluetypes as glue
from awsglue._choices import quoted
from awsglue._files import SourceFile
from awsglue._inference import infer_schema
from awsglue._step import refuse

Record = dict[str, Any]
_BAD, _LINE = "__malformed__", "__line__"


class Source(Protocol):
    """The rows behind a DynamicFrame; nothing is read before one of these is asked for."""

    @property
    def schema(self) -> glue.StructType: ...

    @property
    def rows(self) -> DataFrame: ...

    @property
    def errors(self) -> int: ...

    def keep(self, predicate: Callable[[Record], bool]) -> DataFrame:
        """The rows whose record the predicate holds for."""
        ...

    def records(self) -> Any:
        """An RDD of the records as dictionaries, as ``Map`` sees them."""
        ...


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
        kept = self.rows.rdd.filter(lambda row: predicate(row.asDict(recursive=True)))
        return self.rows.sparkSession.createDataFrame(kept, self.rows.schema)

    def records(self) -> Any:
        return self.rows.rdd.map(lambda row: row.asDict(recursive=True))


class JsonSource:
    """JSON-lines files; a line that is not one JSON object is an error record and no row."""

    def __init__(self, session: SparkSession, files: list[SourceFile]):
        self._session = session
        self._files = files

    @cached_property
    def schema(self) -> glue.StructType:
        return infer_schema([file.local for file in self._files])

    @cached_property
    def errors(self) -> int:
        return self._parsed.filter(f"{_BAD} is not null").count()

    @property
    def rows(self) -> DataFrame:
        return self._rows_and_lines.drop(_LINE)

    def keep(self, predicate: Callable[[Record], bool]) -> DataFrame:
        # The record is read from its own line: only there an absent key differs from a null.
        rows = self._rows_and_lines
        kept = rows.rdd.filter(lambda row: predicate(json.loads(row[_LINE])))
        return self._session.createDataFrame(kept, rows.schema).drop(_LINE)

    def records(self) -> Any:
        return self._rows_and_lines.rdd.map(lambda row: json.loads(row[_LINE]))

    @cached_property
    def _parsed(self) -> DataFrame:
        """The lines with their parse: choices as text still, and the raw line again where it is malformed."""
        if self._files:
            lines = self._session.read.text([file.pattern for file in self._files])
        else:
            lines = self._session.createDataFrame([], "value string")
        fields = [spark.StructField(field.name, _readable_type(field)) for field in self.schema]
        schema = spark.StructType([*fields, spark.StructField(_BAD, spark.StringType())])
        options = {"columnNameOfCorruptRecord": _BAD}
        lines = lines.filter(F.trim("value") != "").withColumnRenamed("value", _LINE)
        return lines.select(_LINE, F.from_json(_LINE, schema, options).alias("r")).select(_LINE, "r.*")

    @property
    def _rows_and_lines(self) -> DataFrame:
        good = self._parsed.filter(f"{_BAD} is null")
        return good.select(_LINE, *(_column(field) for field in self.schema))


def _column(field: glue.Field) -> Any:
    """The column of a field; the members of a choice are read from the line once more, each as its own type."""
    if not isinstance(field.dataType, glue.ChoiceType):
        return F.col(quoted(field.name))
    text = F.col(quoted(field.name))
    rest = text.isNotNull()
    members = {}
    # From the narrowest type to the widest: a number is no string, and 1 is an int although a double could hold it.
    for kind in sorted(field.dataType.choices, key=lambda one: _WIDTH.get(one.name, 0)):
        one = spark.StructType([spark.StructField(field.name, glue.to_spark(kind))])
        value = F.from_json(_LINE, one).getField(field.name)
        members[kind.name] = F.when(rest, value)
        rest = rest & value.isNull()
    ordered = [members[kind.name].alias(kind.name) for kind in field.dataType.choices]
    return F.when(text.isNotNull(), F.struct(*ordered)).alias(field.name, metadata=glue.CHOICE_MARK)


_WIDTH = {"int": 1, "long": 2, "double": 3, "string": 4}


def _readable_type(field: glue.Field) -> spark.DataType:
    if isinstance(field.dataType, glue.ChoiceType):
        return spark.StringType()
    if _holds_choice(field.dataType):
        refuse(f"A choice inside the field {field.name}")
    return glue.to_spark(field.dataType)


def _holds_choice(kind: glue.DataType) -> bool:
    if isinstance(kind, glue.StructType):
        return any(_holds_choice(field.dataType) for field in kind)
    if isinstance(kind, glue.ArrayType):
        return _holds_choice(kind.elementType)
    return isinstance(kind, glue.ChoiceType)


def plain_rows(source: Source) -> DataFrame:
    """The rows without the marks of unsettled choices, which then are structs like any other."""
    rows = source.rows
    if not any(field.metadata for field in rows.schema):
        return rows
    return rows.select(*(F.col(quoted(name)).alias(name, metadata={}) for name in rows.columns))

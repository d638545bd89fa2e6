"""The data that a ruleset is held against."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from awsglue._choices import quoted
from awsglue.dynamicframe import DynamicFrame
from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from awsgluedq._errors import RuleFails

PRIMARY = "primary"
_NESTED = (spark.StructType, spark.ArrayType, spark.MapType)


@dataclass(frozen=True)
class Table:
    """The primary frame and the additional data sources.

    Parameters
    ----------
    rows : DataFrame
        The primary frame.
    sources : dict
        The other frames by alias.
    """

    rows: DataFrame
    sources: dict[str, DataFrame]

    @classmethod
    def of(cls, frame: DynamicFrame, sources: Mapping[str, DynamicFrame]) -> "Table":
        """The table of a DynamicFrame."""
        for name, one in {PRIMARY: frame, **sources}.items():
            if not isinstance(one, DynamicFrame):
                raise TypeError(f"EvaluateDataQuality takes DynamicFrames; {name} is a {type(one).__name__}.")
        if PRIMARY in sources:
            raise ValueError(f"The alias {PRIMARY} is the evaluated frame's own; name the additional source otherwise.")
        return cls(frame.toDF(), {alias: one.toDF() for alias, one in sources.items()})

    def kind(self, name: str) -> spark.DataType:
        """The type of a column; a missing or nested one fails the rule."""
        kinds = {field.name: field.dataType for field in self.rows.schema}
        if name not in kinds:
            raise RuleFails(f"Input data does not include column {name}!")
        if isinstance(kinds[name], _NESTED):
            raise RuleFails(f"Unsupported nested column type of column {name}: {kinds[name].simpleString()}!")
        return kinds[name]

    def column(self, name: str) -> Column:
        """A column of any type but nested ones."""
        self.kind(name)
        return F.col(quoted(name))

    def number(self, name: str) -> Column:
        """A column of numbers; another fails the rule."""
        return self._typed(name, spark.NumericType, "a number")

    def string(self, name: str) -> Column:
        """A column of strings; another fails the rule."""
        return self._typed(name, spark.StringType, "StringType")

    def _typed(self, name: str, kind: type[spark.DataType], words: str) -> Column:
        found = self.kind(name)
        if not isinstance(found, kind):
            shown = type(found).__name__
            raise RuleFails(f"Expected type of column {name} to be {words}, but found {shown} instead!")
        return F.col(quoted(name))

    def filtered(self, where: str | None) -> DataFrame:
        """The rows that a filter leaves; one that Spark cannot read fails the rule."""
        if where is None:
            return self.rows
        try:
            return self.rows.filter(where)
        except AnalysisException as error:
            raise RuleFails(f"The provided where clause is invalid: {first_line(error)}") from error

    @contextmanager
    def views(self) -> Iterator[None]:
        """While it lasts, SQL knows the frames by their aliases."""
        frames = {PRIMARY: self.rows, **self.sources}
        for alias, rows in frames.items():
            rows.createOrReplaceTempView(alias)
        try:
            yield
        finally:
            for alias in frames:
                self.rows.sparkSession.catalog.dropTempView(alias)


def first_line(error: Exception) -> str:
    """The part of Spark's message that says what is wrong."""
    return str(error).strip().split("\n", 1)[0]

"""The data that a ruleset is held against, and all that its rules have to know of it, counted in one Spark job."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from typing import Any

from awsglue._step import quoted
from awsglue.dynamicframe import DynamicFrame
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from awsgluedq._rules import RuleFails

PRIMARY = "primary"
_NESTED = (spark.StructType, spark.ArrayType, spark.MapType)


class Table:
    """The primary frame and the additional data sources by alias; what rules ask of them, and the answers.

    Aggregates over the frame share one pass, whatever their number; frames of their own (groups of a key, a join, a
    query) are further branches of the same job. Equal questions, which have the same name, are asked once.
    """

    def __init__(self, frame: DynamicFrame, sources: Mapping[str, DynamicFrame]):
        for name, one in {PRIMARY: frame, **sources}.items():
            if not isinstance(one, DynamicFrame):
                raise TypeError(f"EvaluateDataQuality takes DynamicFrames; {name} is a {type(one).__name__}.")
        if PRIMARY in sources:
            raise ValueError(f"The alias {PRIMARY} is the evaluated frame's own; name the additional source otherwise.")
        self.rows, self.sources = frame.toDF(), {alias: one.toDF() for alias, one in sources.items()}
        self._aggregates: dict[str, Column] = {}
        self._frames: dict[str, DataFrame] = {}
        self._found: dict[str, Any] = {}

    def column(self, name: str) -> tuple[Column, spark.DataType]:
        """A column and its type; a missing or nested one fails the rule."""
        kinds = {field.name: field.dataType for field in self.rows.schema}
        if name not in kinds:
            raise RuleFails(f"Input data does not include column {name}!")
        if isinstance(kinds[name], _NESTED):
            raise RuleFails(f"Unsupported nested column type of column {name}: {kinds[name].simpleString()}!")
        return F.col(quoted(name)), kinds[name]

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

    def ask(self, question: str, aggregate: Column) -> str:
        """Ask for a number over all rows, or nothing where there is none."""
        self._aggregates[question] = aggregate.cast("double")
        return question

    def ask_rows(self) -> str:
        """Ask for the number of rows."""
        return self.ask("rows", F.count(F.lit(1)))

    def ask_holding(self, question: str, predicate: Column) -> str:
        """Ask for the number of rows that a predicate holds for."""
        return self.ask(question, F.count(F.when(predicate, F.lit(1))))

    def ask_frame(self, question: str, frame: DataFrame) -> str:
        """Ask for the few rows of a frame of numbers."""
        self._frames[question] = frame
        return question

    def count(self) -> None:
        """Count everything that was asked for."""
        frames = dict(self._frames)
        if self._aggregates:
            frames[""] = self.rows.agg(*self._aggregates.values())
        if not frames:
            return
        names, self._found = list(frames), {name: [] for name in frames}
        branches = [_branch(number, frame) for number, frame in enumerate(frames.values())]
        for number, values in reduce(DataFrame.union, branches).collect():
            self._found[names[number]].append(tuple(values))
        if self._aggregates:
            self._found |= zip(self._aggregates, self._found[""][0], strict=True)

    def __getitem__(self, question: str) -> Any:
        return self._found[question]


def first_line(error: Exception) -> str:
    """The part of Spark's message that says what is wrong."""
    return str(error).strip().split("\n", 1)[0]


def _branch(number: int, frame: DataFrame) -> DataFrame:
    """A frame as rows of its number and its values, so that frames of all widths fit into one union."""
    names = [f"v{place}" for place in range(len(frame.columns))]
    values = F.array(*[F.col(name).cast("double") for name in names])
    return frame.toDF(*names).select(F.lit(number).alias("branch"), values.alias("found"))

"""The data that a ruleset is held against, and all that its rules have to know of it, counted in one Spark job."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce

from awsglue._step import quoted
from awsglue.dynamicframe import DynamicFrame
from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as spark

from awsgluedq._rules import RuleFails

PRIMARY = "primary"
_NESTED = (spark.StructType, spark.ArrayType, spark.MapType)
Row = tuple[float | None, ...]
Aggregate = Callable[[Column], Column]


class Table:
    """The primary frame and the additional data sources by alias; what rules ask of them, and the answers.

    Aggregates over the frame share one pass, whatever their number; frames of their own (groups of a key, a join, a
    query) are further branches of the same job.
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
        self._values: dict[str, float | None] = {}
        self._found: dict[str, list[Row]] = {}

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
        found = self.kind(name)
        if not isinstance(found, spark.NumericType):
            shown = type(found).__name__
            raise RuleFails(f"Expected type of column {name} to be a number, but found {shown} instead!")
        return F.col(quoted(name))

    def filtered(self, where: str | None) -> DataFrame:
        """The rows that a filter leaves; one that Spark cannot read fails the rule."""
        try:
            return self.rows if where is None else self.rows.filter(where)
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

    def aggregate(self, name: str, aggregate: Aggregate, column: Column, where: str | None = None) -> str:
        """Ask for an aggregate of a column over the rows that ``where`` leaves; equal questions are asked once."""
        key = f"{name} where {where}"
        if key not in self._aggregates:
            self.filtered(where)
            considered = column if where is None else F.when(F.expr(where), column)
            self._aggregates[key] = aggregate(considered).cast("double")
        return key

    def ask_rows(self, where: str | None = None) -> str:
        """Ask for the number of rows."""
        return self.aggregate("rows", F.count, F.lit(1), where)

    def holding(self, name: str, predicate: Column, where: str | None = None) -> str:
        """Ask for the number of rows that a predicate holds for."""
        return self.aggregate(name, F.count, F.when(predicate, F.lit(1)), where)

    def frame(self, key: str, frame: Callable[[], DataFrame]) -> str:
        """Ask for the few rows of a frame of doubles."""
        if key not in self._frames:
            self._frames[key] = frame()
        return key

    def count(self) -> None:
        """Count everything that was asked for."""
        frames = dict(self._frames)
        if self._aggregates:
            frames[""] = self.rows.agg(*self._aggregates.values())
        if not frames:
            return
        branches = [_branch(number, frame) for number, frame in enumerate(frames.values())]
        found: list[list[Row]] = [[] for _ in branches]
        for number, values in reduce(DataFrame.union, branches).collect():
            found[number].append(tuple(values))
        self._found = dict(zip(frames, found, strict=True))
        if self._aggregates:
            self._values = dict(zip(self._aggregates, self._found[""][0], strict=True))

    def __getitem__(self, key: str) -> float | None:
        return self._values[key]

    def found(self, key: str) -> Sequence[Row]:
        """The rows of a frame that was asked for."""
        return self._found[key]


def first_line(error: Exception) -> str:
    """The part of Spark's message that says what is wrong."""
    return str(error).strip().split("\n", 1)[0]


def _branch(number: int, frame: DataFrame) -> DataFrame:
    """A frame as rows of its number and its values, so that frames of all widths fit into one union."""
    names = [f"v{place}" for place in range(len(frame.columns))]
    values = F.array(*[F.col(name).cast("double") for name in names])
    return frame.toDF(*names).select(F.lit(number).alias("branch"), values.alias("found"))

"""All that the rules of a ruleset have to know of the data, counted in one Spark job."""

from collections.abc import Callable, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from awsgluedq._table import Table

Row = tuple[float | None, ...]
Aggregate = Callable[[Column], Column]


class Measures:
    """Measures that rules ask for, and their values afterwards.

    Aggregates over the frame share one pass, whatever their number; frames of their own (groups of a key, a join, a
    query) are further branches of the same job.

    Parameters
    ----------
    table : Table
        The data.
    """

    def __init__(self, table: Table):
        self._table = table
        self._aggregates: dict[str, Column] = {}
        self._frames: dict[str, DataFrame] = {}
        self._values: dict[str, float | None] = {}
        self._rows: dict[str, list[Row]] = {}

    def aggregate(self, name: str, aggregate: Aggregate, column: Column, where: str | None = None) -> str:
        """Ask for an aggregate of a column over the rows that ``where`` leaves; equal questions are asked once."""
        key = f"{name} where {where}"
        if key not in self._aggregates:
            self._table.filtered(where)
            considered = column if where is None else F.when(F.expr(where), column)
            self._aggregates[key] = aggregate(considered).cast("double")
        return key

    def rows(self, where: str | None = None) -> str:
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
            frames[""] = self._table.rows.agg(*self._aggregates.values())
        if not frames:
            return
        branches = [_branch(number, frame) for number, frame in enumerate(frames.values())]
        found: dict[int, list[Row]] = {number: [] for number in range(len(branches))}
        for number, values in reduce(DataFrame.union, branches).collect():
            found[number].append(tuple(values))
        self._rows = dict(zip(frames, found.values(), strict=True))
        if self._aggregates:
            self._values = dict(zip(self._aggregates, self._rows[""][0], strict=True))

    def __getitem__(self, key: str) -> float | None:
        return self._values[key]

    def found(self, key: str) -> Sequence[Row]:
        """The rows of a frame that was asked for."""
        return self._rows[key]


def _branch(number: int, frame: DataFrame) -> DataFrame:
    """A frame as rows of its number and its values, so that frames of all widths fit into one union."""
    names = [f"v{place}" for place in range(len(frame.columns))]
    values = F.array(*[F.col(name).cast("double") for name in names])
    return frame.toDF(*names).select(F.lit(number).alias("branch"), values.alias("found"))

"""DynamicFrame (AWS: "DynamicFrame class"): a schema that is found when it is needed, and the way from and to Spark."""

from collections.abc import KeysView, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from pyspark.sql import DataFrame

from awsglue._sources import FrameSource, Source
from awsglue._step import refuse, refuse_attribute
from awsglue.gluetypes import StructType, tree_lines

if TYPE_CHECKING:
    from awsglue.context import GlueContext


class DynamicFrame:
    """Rows with a schema that is found when it is needed; `fromDF` makes one of a DataFrame."""

    def __init__(self, source: Source, glue_ctx: "GlueContext", name: str = ""):
        self._source, self.glue_ctx, self.name = source, glue_ctx, name

    def __getattr__(self, name: str) -> NoReturn:
        refuse_attribute(self, name)

    @classmethod
    def fromDF(cls, dataframe: DataFrame, glue_ctx: "GlueContext", name: str) -> "DynamicFrame":
        """The DynamicFrame of a Spark DataFrame."""
        return cls(FrameSource(dataframe), glue_ctx, name)

    def toDF(self, options: Sequence[Any] | None = None) -> DataFrame:
        """The Spark DataFrame; a frame with fields of several types, which Glue makes structs of, is refused."""
        if options:
            refuse("ResolveOption in toDF")
        return self._source.rows

    def schema(self) -> StructType:
        """The schema; JSON is read once, whole, to find it."""
        return self._source.schema

    def printSchema(self) -> None:
        """Print the schema as a tree."""
        print("\n".join(["root", *tree_lines(self.schema())]))

    def count(self) -> int:
        """The number of rows."""
        return self.toDF().count()

    def show(self, num_rows: int = 20) -> None:
        """Print rows, one JSON document each."""
        for line in self.toDF().limit(num_rows).toJSON().collect():
            print(line)


class DynamicFrameCollection:
    """DynamicFrames by name (AWS: "DynamicFrameCollection class")."""

    def __init__(self, dynamic_frames: Mapping[str, DynamicFrame], glue_ctx: "GlueContext"):
        self._frames, self.glue_ctx = dict(dynamic_frames), glue_ctx

    def __getattr__(self, name: str) -> NoReturn:
        refuse_attribute(self, name)

    def __getitem__(self, key: str) -> DynamicFrame:
        return self._frames[key]

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._frames.keys()

    def select(self, key: str, transformation_ctx: str = "") -> DynamicFrame:
        """The frame of that name."""
        return self[key]

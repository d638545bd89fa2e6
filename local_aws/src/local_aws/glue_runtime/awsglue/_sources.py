"""Where the rows of a DynamicFrame come from: JSON lines, or any Spark DataFrame."""

from functools import cached_property

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from awsglue import gluetypes as glue
from awsglue._files import SourceFile
from awsglue._inference import infer_schema
from awsglue._step import refuse


class FrameSource:
    """A Spark DataFrame as it is."""

    def __init__(self, rows: DataFrame):
        self.rows = rows

    @property
    def schema(self) -> glue.StructType:
        return glue.from_spark(self.rows.schema)


class JsonSource:
    """JSON-lines files; a line that is not one JSON object stops whatever needs the rows or their schema."""

    def __init__(self, session: SparkSession, files: list[SourceFile]):
        self._session, self._files = session, files

    @cached_property
    def schema(self) -> glue.StructType:
        return infer_schema([file.local for file in self._files])

    @property
    def rows(self) -> DataFrame:
        for field in self.schema:
            if glue.holds_choice(field.dataType):
                # To Spark's parser a number is a string too, so that it cannot tell the types apart.
                refuse(f"Reading the rows of a frame whose field {field.name} has several types (spark.read.json does)")
        schema = glue.to_spark(self.schema)
        if not self._files:
            return self._session.createDataFrame([], schema)
        lines = self._session.read.text([file.pattern for file in self._files]).filter(F.trim("value") != "")
        return lines.select(F.from_json("value", schema, {"mode": "FAILFAST"}).alias("record")).select("record.*")


Source = FrameSource | JsonSource
"""The rows behind a DynamicFrame; nothing is read before they or their schema are asked for."""

"""DynamicFrame (AWS: "DynamicFrame class")."""

from collections.abc import Callable, KeysView, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from pyspark.sql import DataFrame

from awsglue._choices import apply_mappings, quoted, resolve
from awsglue._sources import (
    FrameSource,
    Record,
    Source,
    lenient_predicate,
    map_records,
    mapped_or_none,
    plain_rows,
    predicate_fails,
)
from awsglue._step import glue_step, refuse, refuse_attribute
from awsglue.gluetypes import DataType, StructType, tree_lines

if TYPE_CHECKING:
    from awsglue.context import GlueContext

NOT_HERE = {
    "assertErrorThreshold", "errorsAsDynamicFrame", "mapPartitions", "mapPartitionsWithIndex", "mergeDynamicFrame",
    "relationalize", "simplify_ddb_json", "spigot", "split_fields", "split_rows", "unbox", "unnest",
    "unnest_ddb_json", "with_frame_schema", "write",
}  # fmt: skip


class DynamicFrame:
    """Rows with a schema that is found when it is needed.

    Parameters
    ----------
    source : Source
        The rows; ``DynamicFrame.fromDF`` makes one of a DataFrame.
    glue_ctx : GlueContext
        The context.
    name : str
        A name for messages.
    """

    def __init__(self, source: Source, glue_ctx: "GlueContext", name: str = ""):
        self._source = source
        self.glue_ctx = glue_ctx
        self.name = name

    def __getattr__(self, name: str) -> NoReturn:
        refuse_attribute("DynamicFrame", name, NOT_HERE)

    @classmethod
    def fromDF(cls, dataframe: DataFrame, glue_ctx: "GlueContext", name: str) -> "DynamicFrame":
        """The DynamicFrame of a Spark DataFrame."""
        return cls(FrameSource(dataframe), glue_ctx, name)

    def toDF(self, options: Sequence[Any] | None = None) -> DataFrame:
        """The Spark DataFrame; an unresolved choice is a struct with one member a type, as on Glue."""
        if options:
            refuse("ResolveOption in toDF")
        return plain_rows(self._source)

    def schema(self) -> StructType:
        """The schema; JSON is read once, whole, to find it."""
        return self._source.schema

    def printSchema(self) -> None:
        """Print the schema as a tree."""
        print("\n".join(["root", *tree_lines(self.schema())]))

    def count(self) -> int:
        """The number of rows."""
        return self._source.rows.count()

    def show(self, num_rows: int = 20) -> None:
        """Print rows, one JSON document each."""
        for line in self.toDF().limit(num_rows).toJSON().collect():
            print(line)

    def errorsCount(self) -> int:
        """The number of error records: records that a function failed on."""
        return self._source.errors

    def getNumPartitions(self) -> int:
        """The number of Spark partitions."""
        return self._source.rows.rdd.getNumPartitions()

    @glue_step
    def repartition(self, num_partitions: int) -> "DynamicFrame":
        """The same rows in another number of partitions."""
        return self._of(self._source.rows.repartition(num_partitions))

    @glue_step
    def coalesce(self, num_partitions: int, shuffle: bool = False) -> "DynamicFrame":
        """The same rows in fewer partitions."""
        rows = self._source.rows
        return self._of(rows.repartition(num_partitions) if shuffle else rows.coalesce(num_partitions))

    @glue_step
    def select_fields(self, paths: Sequence[str] | str) -> "DynamicFrame":
        """Only the named top-level fields; a name that is not there is passed over, as on Glue."""
        present = self.schema().field_map
        return self._of(self._source.rows.select(*(quoted(name) for name in self._names(paths) if name in present)))

    @glue_step
    def drop_fields(self, paths: Sequence[str] | str) -> "DynamicFrame":
        """All but the named top-level fields."""
        dropped = self._names(paths)
        kept = [quoted(field.name) for field in self.schema() if field.name not in dropped]
        return self._of(self._source.rows.select(*kept))

    @glue_step
    def rename_field(self, oldName: str, newName: str) -> "DynamicFrame":
        """The field under another name."""
        old, new = self._names([oldName])[0], newName.strip("`")
        return self._of(self._source.rows.withColumnRenamed(old, new))

    @glue_step
    def apply_mapping(self, mappings: Sequence[Any], case_sensitive: bool = False) -> "DynamicFrame":
        """Select, cast and rename: (source, source type, target, target type) each."""
        return self._of(apply_mappings(self._source.rows, self.schema(), mappings, case_sensitive))

    @glue_step
    def resolveChoice(
        self,
        specs: Sequence[tuple[str, str]] | None = None,
        choice: str = "",
        database: str | None = None,
        table_name: str | None = None,
    ) -> "DynamicFrame":
        """Settle choices: ``cast:type``, ``project:type``, ``make_cols`` or ``make_struct``."""
        if database or table_name:
            refuse("resolveChoice with a catalog table")
        return self._of(resolve(self._source.rows, self.schema(), specs, choice))

    @glue_step
    def join(self, paths1: Sequence[str] | str, paths2: Sequence[str] | str, frame2: "DynamicFrame") -> "DynamicFrame":
        """Inner equality join; a field of the right frame whose name is taken gets a leading dot, as on Glue."""
        left, right = self._source.rows, frame2._source.rows
        names = {name: f".{name}" if name in left.columns else name for name in right.columns}
        right = right.toDF(*names.values())
        pairs = zip(self._names(paths1), frame2._names(paths2), strict=True)
        on = [left[quoted(mine)] == right[quoted(names[theirs])] for mine, theirs in pairs]
        joined = left.join(right, on=on, how="inner")
        errors = lambda: self.errorsCount() + frame2.errorsCount()  # noqa: E731
        return DynamicFrame(FrameSource(joined, errors), self.glue_ctx, self.name + frame2.name)

    @glue_step
    def union(self, other_frame: "DynamicFrame") -> "DynamicFrame":
        """The rows of both frames, fields matched by name."""
        both = self._source.rows.unionByName(other_frame._source.rows, allowMissingColumns=True)
        errors = lambda: self.errorsCount() + other_frame.errorsCount()  # noqa: E731
        return DynamicFrame(FrameSource(both, errors), self.glue_ctx, self.name)

    @glue_step
    def filter(self, f: Callable[[Record], Any]) -> "DynamicFrame":
        """The records that ``f`` holds for.

        As in AWS's library a KeyError, ValueError or TypeError in ``f`` drops the record without a word, and any
        other error makes an error record of it.
        """
        kept = self._source.keep(lenient_predicate(f))
        return self._of(kept, lambda: self._source.records().filter(predicate_fails(f)).count())

    @glue_step
    def map(self, f: Callable[[Record], Any]) -> "DynamicFrame":
        """What ``f`` makes of each record; one that it fails on becomes an error record."""
        mapped = mapped_or_none(f)
        rows = map_records(self._source, f)
        return self._of(rows, lambda: self._source.records().filter(lambda record: mapped(record) is None).count())

    @glue_step
    def drop_null_fields(self) -> "DynamicFrame":
        """Without the fields that hold nothing but null."""
        kept = [quoted(field.name) for field in self.schema() if field.dataType != DataType("null")]
        return self._of(self._source.rows.select(*kept))

    def _of(self, rows: DataFrame, failures: Callable[[], int] = lambda: 0) -> "DynamicFrame":
        """A frame made of this one, with its error records and those of the step."""
        return DynamicFrame(FrameSource(rows, lambda: self.errorsCount() + failures()), self.glue_ctx, self.name)

    def _names(self, paths: Sequence[str] | str) -> list[str]:
        """Names of top-level fields; a path into one is refused."""
        names = [name.strip("`") for name in ([paths] if isinstance(paths, str) else paths)]
        for name in names:
            if "." in name and name not in self.schema().field_map:
                refuse(f"The nested path {name}")
        return names


class DynamicFrameCollection:
    """DynamicFrames by name (AWS: "DynamicFrameCollection class").

    Parameters
    ----------
    dynamic_frames : Mapping
        The frames.
    glue_ctx : GlueContext
        The context.
    """

    def __init__(self, dynamic_frames: "Mapping[str, DynamicFrame]", glue_ctx: "GlueContext"):
        self._frames, self.glue_ctx = dict(dynamic_frames), glue_ctx

    def __getattr__(self, name: str) -> NoReturn:
        refuse_attribute("DynamicFrameCollection", name, {"flatmap", "map"})

    def __getitem__(self, key: str) -> DynamicFrame:
        return self._frames[key]

    def __len__(self) -> int:
        return len(self._frames)

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._frames.keys()

    def values(self) -> list[DynamicFrame]:
        """The frames."""
        return [self[key] for key in self.keys()]

    def select(self, key: str, transformation_ctx: str = "") -> DynamicFrame:
        """The frame of that name."""
        return self[key]

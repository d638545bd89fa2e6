"""The transforms as classes with ``apply`` (AWS: "GlueTransform base class")."""

from collections.abc import Callable
from typing import Any, NoReturn

from awsglue._step import refuse_attribute
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection

NOT_HERE = {
    "EvaluateDataQuality", "ErrorsAsDynamicFrame", "FillMissingValues", "FindIncrementalMatches", "FindMatches",
    "FlatMap", "MapToCollection", "Relationalize", "Spigot", "SplitFields", "SplitRows",
    "Unbox", "UnnestFrame",
}  # fmt: skip


def __getattr__(name: str) -> NoReturn:
    refuse_attribute("awsglue.transforms", name, NOT_HERE)


class GlueTransform:
    """A transform: ``Name.apply(frame=..., ...)`` calls the method of the frame that does the work."""

    method: Callable[..., DynamicFrame]

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> DynamicFrame:
        """Run the transform."""
        return cls()(*args, **kwargs)

    @classmethod
    def name(cls) -> str:
        """The transform's name."""
        return cls.__name__

    def __call__(self, frame: DynamicFrame, *args: Any, **kwargs: Any) -> DynamicFrame:
        """Run the transform on a frame."""
        return type(self).method(frame, *args, **kwargs)


class ApplyMapping(GlueTransform):
    """Select, cast and rename fields."""

    method = DynamicFrame.apply_mapping


class SelectFields(GlueTransform):
    """Keep the named fields."""

    method = DynamicFrame.select_fields


class DropFields(GlueTransform):
    """Drop the named fields."""

    method = DynamicFrame.drop_fields


class RenameField(GlueTransform):
    """Rename a field."""

    method = DynamicFrame.rename_field

    def __call__(self, frame: DynamicFrame, old_name: str, new_name: str, *args: Any, **kwargs: Any) -> DynamicFrame:
        return frame.rename_field(old_name, new_name, *args, **kwargs)


class ResolveChoice(GlueTransform):
    """Settle choices."""

    method = DynamicFrame.resolveChoice


class DropNullFields(GlueTransform):
    """Drop the fields that hold nothing but null."""

    def __call__(self, frame: DynamicFrame, transformation_ctx: str = "") -> DynamicFrame:
        return frame.drop_null_fields()


class Filter(GlueTransform):
    """Keep the records that a function holds for; see ``DynamicFrame.filter`` on what a failing function does."""

    method = DynamicFrame.filter


class Map(GlueTransform):
    """Replace each record by what a function makes of it."""

    method = DynamicFrame.map


class Join(GlueTransform):
    """Inner equality join of two frames."""

    def __call__(
        self, frame1: DynamicFrame, frame2: DynamicFrame, keys1: Any, keys2: Any, transformation_ctx: str = ""
    ) -> DynamicFrame:
        return frame1.join(keys1, keys2, frame2, transformation_ctx)


class SelectFromCollection(GlueTransform):
    """One frame of a collection."""

    def __call__(self, dfc: DynamicFrameCollection, key: str, transformation_ctx: str = "") -> DynamicFrame:
        return dfc.select(key, transformation_ctx)


class Repartition(GlueTransform):
    """Change the number of partitions."""

    method = DynamicFrame.repartition


class Coalesce(GlueTransform):
    """Reduce the number of partitions."""

    method = DynamicFrame.coalesce


class Union(GlueTransform):
    """The rows of two frames."""

    def __call__(self, frame1: DynamicFrame, frame2: DynamicFrame, transformation_ctx: str = "") -> DynamicFrame:
        return frame1.union(frame2, transformation_ctx)


ALL_TRANSFORMS = {
    ApplyMapping, Coalesce, DropFields, DropNullFields, Filter, Join, Map, RenameField, Repartition, ResolveChoice,
    SelectFields, SelectFromCollection, Union,
}  # fmt: skip
__all__ = ["GlueTransform", *sorted(transform.__name__ for transform in ALL_TRANSFORMS)]

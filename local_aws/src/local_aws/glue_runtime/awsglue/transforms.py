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


def _transform(name: str, method: Callable[..., DynamicFrame]) -> type[GlueTransform]:
    """The class of a transform that takes what a frame's method takes."""
    return type(name, (GlueTransform,), {"__doc__": method.__doc__, "__module__": __name__, "method": method})


ApplyMapping = _transform("ApplyMapping", DynamicFrame.apply_mapping)
Coalesce = _transform("Coalesce", DynamicFrame.coalesce)
DropFields = _transform("DropFields", DynamicFrame.drop_fields)
DropNullFields = _transform("DropNullFields", DynamicFrame.drop_null_fields)
Filter = _transform("Filter", DynamicFrame.filter)
Map = _transform("Map", DynamicFrame.map)
Repartition = _transform("Repartition", DynamicFrame.repartition)
ResolveChoice = _transform("ResolveChoice", DynamicFrame.resolveChoice)
SelectFields = _transform("SelectFields", DynamicFrame.select_fields)


class RenameField(GlueTransform):
    """Rename a field."""

    def __call__(self, frame: DynamicFrame, old_name: str, new_name: str, *args: Any, **kwargs: Any) -> DynamicFrame:
        return frame.rename_field(old_name, new_name, *args, **kwargs)


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


class Union(GlueTransform):
    """The rows of two frames."""

    def __call__(self, frame1: DynamicFrame, frame2: DynamicFrame, transformation_ctx: str = "") -> DynamicFrame:
        return frame1.union(frame2, transformation_ctx)


__all__ = [name for name, found in vars().items() if isinstance(found, type) and issubclass(found, GlueTransform)]

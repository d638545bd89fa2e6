"""The transforms as classes with ``apply`` (AWS: "GlueTransform base class").

Rows are transformed by Spark, which ``toDF`` leads to: what the lakehouse has of these is what reads an audit.
"""

from typing import Any

from awsglue._step import refuse
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection


class GlueTransform:
    """A transform: ``Name.apply(...)`` calls it; those that are not here are refused by their names."""

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run the transform."""
        return cls()(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the transform."""
        refuse(f"The transform {type(self).__name__}, whose like Spark has behind toDF,")


class SelectFromCollection(GlueTransform):
    """One frame of a collection."""

    def __call__(self, dfc: DynamicFrameCollection, key: str, transformation_ctx: str = "") -> DynamicFrame:
        """The frame of that name."""
        return dfc.select(key, transformation_ctx)


_NOT_HERE = (
    "ApplyMapping", "Coalesce", "DropFields", "DropNullFields", "ErrorsAsDynamicFrame", "FillMissingValues", "Filter",
    "FindIncrementalMatches", "FindMatches", "FlatMap", "Join", "Map", "MapToCollection", "Relationalize",
    "RenameField", "Repartition", "ResolveChoice", "SelectFields", "Spigot", "SplitFields", "SplitRows", "Unbox",
    "Union", "UnnestFrame",
)  # fmt: skip
globals().update({name: type(name, (GlueTransform,), {"__module__": __name__}) for name in _NOT_HERE})

__all__ = ["GlueTransform", "SelectFromCollection", *_NOT_HERE]

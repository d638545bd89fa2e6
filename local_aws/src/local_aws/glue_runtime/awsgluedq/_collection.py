"""The frames that ``process_rows`` answers with (AWS: "DynamicFrameCollection class")."""

from collections.abc import KeysView, Mapping, ValuesView
from typing import NoReturn

from awsglue._step import refuse, refuse_attribute
from awsglue.dynamicframe import DynamicFrame

NOT_HERE = {"flatmap", "map"}


class DynamicFrameCollection:
    """DynamicFrames by name.

    Parameters
    ----------
    frames : Mapping
        The frames.
    """

    def __init__(self, frames: Mapping[str, DynamicFrame]):
        self._frames = dict(frames)

    def __getattr__(self, name: str) -> NoReturn:
        refuse_attribute("DynamicFrameCollection", name, NOT_HERE)

    def __getitem__(self, key: str) -> DynamicFrame:
        if key == "rowLevelOutcomes":
            refuse("rowLevelOutcomes of EvaluateDataQuality.process_rows")
        return self._frames[key]

    def __len__(self) -> int:
        return len(self._frames)

    def keys(self) -> KeysView[str]:
        """The names."""
        return self._frames.keys()

    def values(self) -> ValuesView[DynamicFrame]:
        """The frames."""
        return self._frames.values()

    def select(self, key: str, transformation_ctx: str = "") -> DynamicFrame:
        """The frame of that name."""
        return self[key]

"""Looks at data without looking at people: what a notebook prints shows no identity."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

SHOWN = frozenset(
    {
        "timestamp",
        "sensorReadingTime",
        "x",
        "y",
        "z",
        "distanceFromObject",
        "participantId",
        "registrationDate",
        "lastUpdateDate",
        "shareWithResearchAsOfDate",
        "shareWithPublicAsOfDate",
        "shareWithFriendsAsOfDate",
        # Counts of the notebooks' own queries.
        "registration_events",
        "with_research_consent",
        "blank_consent",
    }
)
"""Columns that may be printed. Every other one is masked, a new field of the source too: nobody knows yet what it
holds."""

_SHOWN_LOWER = frozenset(name.lower() for name in SHOWN)
MASK = "•••"


def mask_identity(rows: DataFrame) -> DataFrame:
    """The same rows and columns, with every value masked that could tell who somebody is (nulls stay null)."""
    return rows.select(
        *(
            F.col(name) if name.lower() in _SHOWN_LOWER else F.when(F.col(name).isNotNull(), F.lit(MASK)).alias(name)
            for name in rows.columns
        )
    )


def preview(rows: DataFrame, count: int = 5) -> None:
    """Print the first rows, identity masked."""
    mask_identity(rows).show(count, truncate=False)


def mask_value(column: str, value: object) -> object:
    """One value of a query's result as it may be printed."""
    return value if value is None or column.lower() in _SHOWN_LOWER else MASK

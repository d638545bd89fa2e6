"""Which types Trino takes for comparable."""

from typing import Any

from local_aws.athena.functions.calls import mismatch
from local_aws.athena.types.trino import TrinoType, common_type, from_duck


def comparable(left: Any, right: Any) -> bool:
    """Whether the values of two columns, whose DuckDB types are given, have a common type."""
    return common_type(from_duck(left), from_duck(right)) is not None


def check(name: str, left: TrinoType, right: TrinoType) -> None:
    """Refuse a call whose two arguments have no common type."""
    if common_type(left, right) is None:
        raise mismatch(name)

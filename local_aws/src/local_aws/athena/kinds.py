"""Which of DuckDB's types Trino takes for comparable."""

from typing import Any

from local_aws.athena.calls import mismatch

_NUMBERS = {
    *("tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint"),
    *("float", "double", "decimal"),
}


def comparable(left: Any, right: Any) -> bool:
    """Whether values of two types can be compared; DuckDB would cast text to whatever stands beside it."""
    if "null" in left.id or "null" in right.id:
        return True
    if left.id in {"list", "map", "struct"} and left.id == right.id and len(left.children) == len(right.children):
        pairs = zip(left.children, right.children, strict=True)
        # DuckDB gives an empty array integers.
        return all(comparable(one, other) or "integer" in {one.id, other.id} for (_, one), (_, other) in pairs)
    return _family(left) == _family(right)


def _family(kind: Any) -> str:
    if kind.id in _NUMBERS:
        return "number"
    if kind.id == "date" or kind.id.startswith("timestamp"):
        return "moment"
    return "json" if str(kind) == "JSON" else kind.id


def check(name: str, left: Any, right: Any) -> None:
    """Refuse a call whose two arguments have no common type."""
    if not comparable(left, right):
        raise mismatch(name)

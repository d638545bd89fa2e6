"""The text of CREATE TABLE AS, INSERT INTO and UNLOAD.

Source: "CREATE TABLE AS", "INSERT INTO" and "UNLOAD" (Athena user guide).
"""

import re
from dataclasses import dataclass, field

from sqlglot import exp

from local_aws.athena.failure import QueryFailed, unsupported
from local_aws.athena.translation.dialect import parse_query

_TABLE = r"""(?:["`]?awsdatacatalog["`]?\s*\.\s*)?(?:["`]?(?P<database>\w+)["`]?\s*\.\s*)?["`]?(?P<table>\w+)["`]?"""
_PROPERTIES = r"(?:WITH\s*\((?P<properties>(?:[^()']|'(?:[^']|'')*')*)\))?"
_PROPERTY = re.compile(r"\s*(\w+)\s*=\s*('(?:[^']|'')*'|ARRAY\s*\[[^\]]*\]|\w+)\s*(?:,|\Z)", re.IGNORECASE)
_FORMS = {
    "CREATE_TABLE_AS_SELECT": rf"CREATE\s+TABLE\s+(?P<keep>IF\s+NOT\s+EXISTS\s+)?{_TABLE}\s*{_PROPERTIES}\s*"
    r"\bAS\b\s*(?P<query>.+?)(?:\s+WITH\s+(?P<empty>NO\s+)?DATA)?",
    "INSERT": rf"INSERT\s+INTO\s+{_TABLE}\s*(?:\((?P<columns>[\w\s,\"]+)\)\s*)?"
    r"(?P<query>(?:SELECT\b|WITH\b|VALUES\b|TABLE\b|\().+)",
    "UNLOAD": rf"UNLOAD\s*\((?P<query>.+)\)\s*TO\s*'(?P<location>[^']+)'\s*{_PROPERTIES}",
}


@dataclass(frozen=True)
class Write:
    """One statement that writes the answer of a query.

    Parameters
    ----------
    kind : {"CREATE_TABLE_AS_SELECT", "INSERT", "UNLOAD"}
        ``SubstatementType`` of the statement.
    tree : Expression
        The query.
    """

    kind: str
    tree: exp.Expression
    sql: str
    database: str | None = None
    table: str = ""
    columns: tuple[str, ...] = ()
    location: str = ""
    keep: bool = False
    empty: bool = False
    properties: dict[str, str | list[str]] = field(default_factory=dict)


def parse_write(text: str, parameters: list[str]) -> Write | None:
    """Parse a statement that writes; None where it is none of these.

    Raises
    ------
    AwsError
        ``InvalidRequestException`` for a query that is malformed.
    QueryFailed
        ``NOT_SUPPORTED`` for a query that this engine does not run.
    """
    for kind, form in _FORMS.items():
        match = re.fullmatch(form, text, re.IGNORECASE | re.DOTALL)
        if match:
            found = match.groupdict()
            return Write(
                kind,
                parse_query(found["query"], parameters),
                _alone(text, *match.span("query")),
                (found.get("database") or "").lower() or None,
                (found.get("table") or "").lower(),
                tuple(name.strip(' "\n').lower() for name in (found.get("columns") or "").split(",") if name.strip()),
                found.get("location") or "",
                bool(found.get("keep")),
                bool(found.get("empty")),
                _properties(found.get("properties") or ""),
            )
    return None


def _alone(text: str, start: int, end: int) -> str:
    """The query alone, from which positions in messages are counted."""
    return text[start:end]


def _properties(text: str) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    place = 0
    while text[place:].strip():
        match = _PROPERTY.match(text, place)
        if match is None:
            raise QueryFailed("SYNTAX_ERROR", f"line 1:1: mismatched input '{text[place:].split()[0]}'")
        name, value = match[1].lower(), match[2]
        if value[0] == "'":
            found[name] = value[1:-1].replace("''", "'")
        elif value[:5].upper() == "ARRAY":
            found[name] = [item.lower() for item in re.findall(r"'([^']*)'", value)]
        else:
            found[name] = value
        place = match.end()
    return found


def check_properties(given: dict[str, str | list[str]], known: set[str]) -> None:
    """Refuse what is no property, and what is one that this engine does not write."""
    for name in given:
        if name in {"bucketed_by", "bucket_count", "compression_level", "is_external", "vacuum_min_snapshots_to_keep"}:
            raise unsupported(f"the table property {name}")
        if name not in known:
            raise QueryFailed(
                "INVALID_TABLE_PROPERTY", f"line 1:1: Catalog 'awsdatacatalog' table property '{name}' does not exist"
            )

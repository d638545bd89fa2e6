"""Parts that the texts of several statements share."""

import re

from local_aws.athena.failure import QueryFailed
from local_aws.athena.types.hive import parse_hive_type

NAME = r"[`\"]?(?P<{0}>\w+)[`\"]?"
CATALOG = r"(?:[`\"]?awsdatacatalog[`\"]?\s*\.\s*)?"
TABLE = rf"{CATALOG}(?:[`\"]?(?P<database>\w+)[`\"]?\s*\.\s*)?[`\"]?(?P<table>\w+)[`\"]?"
PARTITION = r"PARTITION\s*\((?P<spec>(?:[^()']|'[^']*')+)\)"
_SPEC = rf"{PARTITION}(?:\s+LOCATION\s+'(?P<location>[^']*)')?"
SPECS = rf"(?P<specs>(?:{re.sub(r'[?]P<[a-z]+>', '?:', _SPEC)}[\s,]*)+)"
_PAIR = re.compile(r"\s*[`\"]?(\w+)[`\"]?\s*=\s*(?:'([^']*)'|([\w.+-]+))\s*(?:,|\Z)")
_COLUMN = re.compile(
    r"\s*[`\"]?(?P<name>\w+)[`\"]?\s+(?P<type>.+?)(?:\s+COMMENT\s+'(?P<comment>[^']*)')?\s*", re.I | re.S
)


def partition_specs(text: str) -> list[tuple[dict[str, str], str | None]]:
    """Read ``PARTITION (key = 'value', …) [LOCATION '…']``, once or more."""
    found = re.finditer(_SPEC, text, re.IGNORECASE | re.DOTALL)
    return [(pairs(match["spec"]), match["location"]) for match in found]


def pairs(text: str) -> dict[str, str]:
    """Read ``key = 'value', …`` of a partition.

    Raises
    ------
    QueryFailed
        For anything else, such as a comparison.
    """
    found, place = {}, 0
    while text[place:].strip():
        match = _PAIR.match(text, place)
        if match is None:
            raise QueryFailed("FAILED", f"ParseException line 1:0 cannot recognize input near '{text[place:].strip()}'")
        found[match[1].lower()] = match[2] if match[2] is not None else match[3]
        place = match.end()
    return found


def properties(text: str) -> dict[str, str]:
    """Read ``'key' = 'value', …`` of TBLPROPERTIES."""
    return dict(re.findall(r"'([^']*)'\s*=\s*'([^']*)'", text))


def columns(text: str) -> list[dict[str, str]]:
    """Read ``name type [COMMENT '…'], …``.

    Raises
    ------
    QueryFailed
        For a type that this engine does not know.
    """
    found = []
    for part in _split(text):
        match = _COLUMN.fullmatch(part)
        if match is None:
            raise QueryFailed("FAILED", f"ParseException line 1:0 cannot recognize input near '{part.strip()}'")
        kind = re.sub(r"\s+", "", match["type"].lower())
        parse_hive_type(kind)
        comment = {"Comment": match["comment"]} if match["comment"] else {}
        found.append({"Name": match["name"].lower(), "Type": kind, **comment})
    return found


def _split(text: str) -> list[str]:
    """Split at the commas outside of brackets and quotes."""
    parts, depth, quoted = [""], 0, False
    for sign in text:
        quoted ^= sign == "'"
        depth += 0 if quoted else (sign in "(<") - (sign in ")>")
        if sign == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return parts

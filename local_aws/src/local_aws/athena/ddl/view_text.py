"""What a view of the catalog says: Trino's JSON in a comment of base64."""

import base64
import binascii
import json
import re
from typing import Any

from local_aws.athena.failure import QueryFailed, unsupported

_TEXT = re.compile(r"/\* Presto View: ([A-Za-z0-9+/=]+) \*/")


def is_view(entry: dict[str, Any]) -> bool:
    """Whether a table of the catalog is a view."""
    return entry.get("TableType") == "VIRTUAL_VIEW"


def read_view(entry: dict[str, Any]) -> dict[str, Any]:
    """Read a view's document: ``originalSql``, ``schema`` and ``columns``.

    Raises
    ------
    QueryFailed
        Where it is no view of Athena's own, by name; ``INVALID_VIEW`` where its text is damaged.
    """
    found = _TEXT.fullmatch(entry.get("ViewOriginalText", "").strip())
    if found is None:
        raise unsupported(f"the view {entry['Name']}, which Athena did not make")
    try:
        return json.loads(base64.b64decode(found[1]))
    except (binascii.Error, ValueError) as error:
        raise QueryFailed("INVALID_VIEW", f"Invalid view JSON: {entry['Name']}") from error

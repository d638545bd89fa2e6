"""Pages of a list, as the Glue API cuts them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from local_aws.glue.sessions.request import invalid

Entry = TypeVar("Entry")

PAGE_SIZE = 200


def take_page(entries: Sequence[Entry], payload: Mapping[str, Any]) -> tuple[Sequence[Entry], dict[str, str]]:
    """The page that ``NextToken`` and ``MaxResults`` ask for, and the next token where there is more.

    Examples
    --------
    >>> take_page("abc", {"MaxResults": 2})
    ('ab', {'NextToken': '2'})
    >>> take_page("abc", {"MaxResults": 2, "NextToken": "2"})
    ('c', {})
    """
    size = payload.get("MaxResults", PAGE_SIZE)
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 1000:
        raise invalid(f"MaxResults must be between 1 and 1000, found {size}")
    token = str(payload.get("NextToken", "0"))
    if not token.isdecimal():
        raise invalid(f"Invalid pagination token: {token}")
    start = int(token)
    more = start + size < len(entries)
    return entries[start : start + size], {"NextToken": str(start + size)} if more else {}

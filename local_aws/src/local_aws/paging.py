"""Pages of a list that may change between two calls."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from local_aws.errors import AwsError

Item = TypeVar("Item")


def page(
    items: Iterable[Item], position: Callable[[Item], Any], payload: dict[str, Any], limit: int = 100
) -> tuple[list[Item], dict[str, str]]:
    """The next page of some items in the order of their positions, and ``{"NextToken": ...}``, or {} after the last.

    A position is unique, and a JSON value. A token names the last one given out, so that what is added or removed in
    between neither repeats nor hides any other item. ``payload`` is the request, with AWS's ``NextToken`` and
    ``MaxResults``; ``limit`` are the items a page where it does not say.
    """
    ordered = sorted(items, key=position)
    if payload.get("NextToken"):
        last = _read(payload["NextToken"])
        ordered = [item for item in ordered if position(item) > last]
    size = payload.get("MaxResults") or limit
    answer = ordered[:size]
    return answer, {"NextToken": _write(position(answer[-1]))} if len(ordered) > size else {}


def _write(position: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


def _read(token: str) -> Any:
    try:
        return json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError) as error:
        raise AwsError("InvalidInputException", "The NextToken is invalid.") from error

"""What Athena asks of the Glue Data Catalog in many places."""

from collections.abc import Iterator
from typing import Any

from local_aws.endpoint.service import Service
from local_aws.errors import AwsError


def find_entry(catalog: Service, database: str, name: str) -> dict[str, Any] | None:
    """Find the catalog's entry of a table or a view, if there is one."""
    try:
        return catalog.call("GetTable", {"DatabaseName": database, "Name": name})["Table"]
    except AwsError as error:
        if error.code != "EntityNotFoundException":
            raise
        return None


def pages(catalog: Service, action: str, request: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    """Give the items of every page of a Glue listing."""
    token: dict[str, str] = {}
    while True:
        answer = catalog.call(action, {**request, **token})
        yield from answer[key]
        if not answer.get("NextToken"):
            return
        token = {"NextToken": answer["NextToken"]}

"""Databases of the Data Catalog (AWS Glue Developer Guide, "Database API")."""

from typing import Any

from local_aws.endpoint.service import changes, reads
from local_aws.errors import AwsError, not_supported
from local_aws.glue.catalog.state import CatalogState, fold
from local_aws.paging import page
from local_aws.profile import ACCOUNT


def _create(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    details = _input(payload)
    if state.has(details["Name"]):
        raise AwsError("AlreadyExistsException", "Database already exists.")
    state.save_database(details)
    return {}


def _update(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    held, details = state.database(fold(payload["Name"])), _input(payload)
    if details["Name"] != held["input"]["Name"]:
        raise AwsError("InvalidInputException", "A database cannot be renamed.")
    state.save_database(details, held["created"])
    return {}


def _delete(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    state.delete_database(fold(payload["Name"]))
    return {}


def _get(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    return {"Database": _answer(state.database(fold(payload["Name"])))}


def _list(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    databases, token = page(state.databases(), lambda database: database["input"]["Name"], payload)
    return {"DatabaseList": [_answer(database) for database in databases], **token}


def _input(payload: dict[str, Any]) -> dict[str, Any]:
    details = payload["DatabaseInput"]
    for name in ("TargetDatabase", "FederatedDatabase"):
        if name in details:
            raise not_supported("glue", f"databases with {name}")
    return details | {"Name": fold(details["Name"])}


def _answer(database: dict[str, Any]) -> dict[str, Any]:
    return database["input"] | {"CreateTime": database["created"], "CatalogId": ACCOUNT}


ANSWERERS = {
    "CreateDatabase": changes(_create, "DatabaseInput"),
    "UpdateDatabase": changes(_update, "Name", "DatabaseInput"),
    "DeleteDatabase": changes(_delete, "Name"),
    "GetDatabase": reads(_get, "Name"),
    "GetDatabases": reads(_list, "NextToken", "MaxResults"),
}

"""Databases of the Data Catalog (AWS Glue Developer Guide, "Database API")."""

from typing import Any

from moto.glue.models import FakeDatabase

from local_aws.errors import AwsError, not_supported
from local_aws.glue.catalog.call import changes, fold, reads
from local_aws.glue.catalog.state import CatalogState, epoch
from local_aws.paging import page


def _create(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    details = _input(payload)
    state.backend.create_database(details["Name"], details)
    state.changed(details["Name"])
    return {}


def _update(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    name, details = fold(payload["Name"]), _input(payload)
    state.backend.get_database(name)
    if details["Name"] != name:
        raise AwsError("InvalidInputException", "A database cannot be renamed.")
    state.backend.update_database(name, details)
    state.changed(name)
    return {}


def _delete(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    name = fold(payload["Name"])
    tables = list(state.backend.get_database(name).tables)
    state.backend.delete_database(name)
    for table in tables:
        state.changed(name, table)
    state.changed(name)
    return {}


def _get(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    return {"Database": _answer(state.backend.get_database(fold(payload["Name"])))}


def _list(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    databases, token = page(state.backend.get_databases(), lambda database: database.name, payload)
    return {"DatabaseList": [_answer(database) for database in databases], **token}


def _input(payload: dict[str, Any]) -> dict[str, Any]:
    details = payload["DatabaseInput"]
    for name in ("TargetDatabase", "FederatedDatabase"):
        if name in details:
            raise not_supported("glue", f"databases with {name}")
    return details | {"Name": fold(details["Name"])}


def _answer(database: FakeDatabase) -> dict[str, Any]:
    answer = database.as_dict() | {"CreateTime": epoch(database.created_time)}
    return {name: value for name, value in answer.items() if value is not None}


ANSWERERS = {
    "CreateDatabase": changes(_create, "DatabaseInput"),
    "UpdateDatabase": changes(_update, "Name", "DatabaseInput"),
    "DeleteDatabase": changes(_delete, "Name"),
    "GetDatabase": reads(_get, "Name"),
    "GetDatabases": reads(_list, "NextToken", "MaxResults"),
}

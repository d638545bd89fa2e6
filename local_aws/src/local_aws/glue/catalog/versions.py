"""Versions of a table (AWS Glue Developer Guide, "Table API": GetTableVersions and its kin)."""

from typing import Any

from moto.glue.exceptions import VersionNotFoundException
from moto.glue.models import FakeTable

from local_aws.errors import AwsError
from local_aws.glue.catalog.call import changes, reads, table_of
from local_aws.glue.catalog.state import CatalogState
from local_aws.glue.catalog.tables import describe
from local_aws.paging import page


def _get(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    return {"TableVersion": _answer(table, _number(table, payload.get("VersionId", str(table._current_version))))}


def _list(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    # The newest first, as AWS has them.
    newest_first, token = page(map(int, table.versions), lambda number: -number, payload)
    return {"TableVersions": [_answer(table, number) for number in newest_first], **token}


def _delete(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    _remove(table, payload["VersionId"])
    state.changed(table.database_name, table.name)
    return {}


def _delete_batch(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    errors = []
    for version in payload["VersionIds"]:
        try:
            _remove(table, version)
        except VersionNotFoundException as error:
            errors.append(_failure(table, version, error.error_type, error.message))
        except AwsError as error:
            errors.append(_failure(table, version, error.code, error.message))
    state.changed(table.database_name, table.name)
    return {"Errors": errors}


def _remove(table: FakeTable, version: str) -> None:
    number = _number(table, version)
    if number == table._current_version:
        raise AwsError("InvalidInputException", "The current version of a table cannot be deleted.")
    table.delete_version(str(number))


def _number(table: FakeTable, version: str) -> int:
    if not version.isdecimal():
        raise AwsError("InvalidInputException", f"The VersionId {version!r} is no number.")
    if version not in table.versions:
        raise VersionNotFoundException
    return int(version)


def _answer(table: FakeTable, number: int) -> dict[str, Any]:
    return {"Table": describe(table, number), "VersionId": str(number)}


def _failure(table: FakeTable, version: str, code: str, message: str) -> dict[str, Any]:
    detail = {"ErrorCode": code, "ErrorMessage": message}
    return {"TableName": table.name, "VersionId": version, "ErrorDetail": detail}


ANSWERERS = {
    "GetTableVersion": reads(_get, "DatabaseName", "TableName", "VersionId"),
    "GetTableVersions": reads(_list, "DatabaseName", "TableName", "NextToken", "MaxResults"),
    "DeleteTableVersion": changes(_delete, "DatabaseName", "TableName", "VersionId"),
    "BatchDeleteTableVersion": changes(_delete_batch, "DatabaseName", "TableName", "VersionIds"),
}

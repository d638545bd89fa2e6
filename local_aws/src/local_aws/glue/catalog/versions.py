"""Versions of a table (AWS Glue Developer Guide, "Table API": GetTableVersions and its kin)."""

from typing import Any

from local_aws.errors import AwsError
from local_aws.glue.catalog.call import changes, each, reads, table_of
from local_aws.glue.catalog.state import CatalogState, Table
from local_aws.glue.catalog.tables import describe
from local_aws.paging import page


def _get(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    return {"TableVersion": _answer(table, _number(table, payload.get("VersionId", str(table.version))))}


def _list(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    # The newest first, as AWS has them.
    newest_first, token = page(map(int, table.versions), lambda number: -number, payload)
    return {"TableVersions": [_answer(table, number) for number in newest_first], **token}


def _delete(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    _remove(table, payload["VersionId"])
    state.save_table(table)
    return {}


def _delete_batch(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    answer = each(lambda version: _remove(table, version), payload["VersionIds"], "VersionId", str)
    state.save_table(table)
    return {"Errors": [{"TableName": table.name, **error} for error in answer["Errors"]]}


def _remove(table: Table, version: str) -> None:
    number = _number(table, version)
    if number == table.version:
        raise AwsError("InvalidInputException", "The current version of a table cannot be deleted.")
    del table.versions[version]


def _number(table: Table, version: str) -> int:
    if not version.isdecimal():
        raise AwsError("InvalidInputException", f"The VersionId {version!r} is no number.")
    if version not in table.versions:
        raise AwsError("EntityNotFoundException", "Version not found.")
    return int(version)


def _answer(table: Table, number: int) -> dict[str, Any]:
    return {"Table": describe(table, number), "VersionId": str(number)}


ANSWERERS = {
    "GetTableVersion": reads(_get, "DatabaseName", "TableName", "VersionId"),
    "GetTableVersions": reads(_list, "DatabaseName", "TableName", "NextToken", "MaxResults"),
    "DeleteTableVersion": changes(_delete, "DatabaseName", "TableName", "VersionId"),
    "BatchDeleteTableVersion": changes(_delete_batch, "DatabaseName", "TableName", "VersionIds"),
}

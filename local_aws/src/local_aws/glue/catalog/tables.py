"""Tables of the Data Catalog (AWS Glue Developer Guide, "Table API")."""

import re
import time
from typing import Any

from moto.glue.models import FakeTable

from local_aws.errors import AwsError, not_supported
from local_aws.glue.catalog.call import changes, fold, reads, table_of
from local_aws.glue.catalog.state import CatalogState, epoch
from local_aws.paging import page
from local_aws.profile import USER_ARN

FIRST_VERSION = 0
"""The VersionId of a table just created; moto starts at 1."""

_STORAGE_DEFAULTS = {
    "Columns": [],
    "Compressed": False,
    "NumberOfBuckets": 0,
    "BucketColumns": [],
    "SortColumns": [],
    "StoredAsSubDirectories": False,
}


def describe(table: FakeTable, version: int | None = None) -> dict[str, Any]:
    """A table as the API shows it, with what AWS adds to its input; its current version by default."""
    answer = table.as_dict(None if version is None else str(version))
    answer["CreateTime"] = epoch(table.created_time)
    defaults = {
        "Retention": 0,
        "PartitionKeys": [],
        "CreatedBy": USER_ARN,
        "IsRegisteredWithLakeFormation": False,
        "IsMultiDialectView": False,
    }
    if "StorageDescriptor" in answer:
        answer["StorageDescriptor"] = _STORAGE_DEFAULTS | answer["StorageDescriptor"]
    return defaults | answer


def _create(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    database, details = fold(payload["DatabaseName"]), _input(payload)
    table = state.backend.create_table(database, details["Name"], details)
    details["UpdateTime"] = epoch(table.created_time)
    table._current_version = FIRST_VERSION
    table.versions = {str(FIRST_VERSION): details}
    state.changed(database, details["Name"])
    return {}


def _update(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    database, details = fold(payload["DatabaseName"]), _input(payload)
    table = state.backend.get_table(database, details["Name"])
    if fold(payload.get("Name", details["Name"])) != details["Name"]:
        raise AwsError("InvalidInputException", "A table cannot be renamed.")
    current = str(table._current_version)
    if payload.get("VersionId", current) != current:
        raise AwsError("ConcurrentModificationException", "Update table failed due to concurrent modifications.")
    if payload.get("SkipArchive"):
        del table.versions[current]
    # Kept with the version: moto has one UpdateTime for all versions of a table.
    details["UpdateTime"] = time.time()
    table._current_version += 1
    table.versions[str(table._current_version)] = details
    state.changed(database, details["Name"])
    return {}


def _delete(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    database, name = fold(payload["DatabaseName"]), fold(payload["Name"])
    state.backend.delete_table(database, name)
    state.changed(database, name)
    return {}


def _delete_batch(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    database = fold(payload["DatabaseName"])
    names = [fold(name) for name in payload["TablesToDelete"]]
    errors = state.backend.batch_delete_table(database, names)
    for name in names:
        state.changed(database, name)
    return {"Errors": errors}


def _get(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    return {"Table": describe(table_of(state, payload, "Name"))}


def _list(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    tables = state.backend.get_tables(fold(payload["DatabaseName"]), None)
    if payload.get("Expression"):
        pattern = _pattern(payload["Expression"])
        tables = [table for table in tables if pattern.fullmatch(table.name)]
    tables, token = page(tables, lambda table: table.name, payload)
    return {"TableList": [describe(table) for table in tables], **token}


def _input(payload: dict[str, Any]) -> dict[str, Any]:
    details = payload["TableInput"]
    for name in ("TargetTable", "ViewDefinition"):
        if name in details:
            raise not_supported("glue", f"tables with {name}")
    return details | {"Name": fold(details["Name"])}


def _pattern(expression: str) -> re.Pattern[str]:
    # A star that follows nothing repeatable is Hive's wildcard: `customer_*` means what `customer_.*` does.
    try:
        return re.compile(re.sub(r"(?<![.\])}])\*", ".*", expression), re.IGNORECASE)
    except re.error as error:
        raise AwsError("InvalidInputException", f"Invalid Expression {expression!r}: {error}.") from error


ANSWERERS = {
    "CreateTable": changes(_create, "DatabaseName", "TableInput"),
    "UpdateTable": changes(_update, "DatabaseName", "Name", "TableInput", "SkipArchive", "VersionId"),
    "DeleteTable": changes(_delete, "DatabaseName", "Name"),
    "BatchDeleteTable": changes(_delete_batch, "DatabaseName", "TablesToDelete"),
    "GetTable": reads(_get, "DatabaseName", "Name"),
    "GetTables": reads(_list, "DatabaseName", "Expression", "NextToken", "MaxResults"),
}

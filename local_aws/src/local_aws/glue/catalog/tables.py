"""Tables of the Data Catalog and their versions (AWS Glue Developer Guide, "Table API")."""

import re
import time
from typing import Any

from local_aws.endpoint.service import changes, reads
from local_aws.errors import AwsError, not_supported
from local_aws.glue.catalog.state import CatalogState, Table, fold, table_of
from local_aws.paging import page
from local_aws.profile import ACCOUNT, USER_ARN

FIRST_VERSION = 0
"""The VersionId of a table just created."""

_STORAGE_DEFAULTS = {
    "Columns": [],
    "Compressed": False,
    "NumberOfBuckets": 0,
    "BucketColumns": [],
    "SortColumns": [],
    "StoredAsSubDirectories": False,
}


def describe(table: Table, version: int | None = None) -> dict[str, Any]:
    """A table as the API shows it, with what AWS adds to its input; its current version by default."""
    number = table.version if version is None else version
    details = table.versions[str(number)]
    answer = {
        "Retention": 0,
        "PartitionKeys": [],
        "CreatedBy": USER_ARN,
        "IsRegisteredWithLakeFormation": False,
        "IsMultiDialectView": False,
        **details,
        "DatabaseName": table.database,
        "CreateTime": table.created,
        "VersionId": str(number),
        "CatalogId": ACCOUNT,
    }
    if "StorageDescriptor" in details:
        answer["StorageDescriptor"] = _STORAGE_DEFAULTS | details["StorageDescriptor"]
    return answer


def _create(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    database, details, now = fold(payload["DatabaseName"]), _input(payload), time.time()
    state.database(database)
    if state.has(database, details["Name"]):
        raise AwsError("AlreadyExistsException", "Table already exists.")
    details["UpdateTime"] = now
    state.save_table(Table(database, details["Name"], now, FIRST_VERSION, {str(FIRST_VERSION): details}))
    return {}


def _update(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    details = _input(payload)
    table = state.table(fold(payload["DatabaseName"]), details["Name"])
    if fold(payload.get("Name", details["Name"])) != details["Name"]:
        raise AwsError("InvalidInputException", "A table cannot be renamed.")
    current = str(table.version)
    if payload.get("VersionId", current) != current:
        raise AwsError("ConcurrentModificationException", "Update table failed due to concurrent modifications.")
    if payload.get("SkipArchive"):
        del table.versions[current]
    table.version += 1
    table.versions[str(table.version)] = details | {"UpdateTime": time.time()}
    state.save_table(table)
    return {}


def _delete(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    state.delete_table(table_of(state, payload, "Name"))
    return {}


def _get(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    return {"Table": describe(table_of(state, payload, "Name"))}


def _list(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    tables = state.tables(fold(payload["DatabaseName"]))
    if payload.get("Expression"):
        pattern = _pattern(payload["Expression"])
        tables = [table for table in tables if pattern.fullmatch(table.name)]
    tables, token = page(tables, lambda table: table.name, payload)
    return {"TableList": [describe(table) for table in tables], **token}


def _search(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    """SearchTables by text: each of its words stands in the name, the description or a column; quoted, all at once."""
    text = payload.get("SearchText", "").lower()
    quoted = re.fullmatch(r'"(.*)"', text)
    words = [quoted[1]] if quoted else text.split()
    found = []
    for database in state.databases():
        for table in state.tables(database["input"]["Name"]):
            columns = table.current.get("StorageDescriptor", {}).get("Columns", [])
            texts = [table.name, table.current.get("Description", "")]
            texts += [column.get(key, "") for column in columns for key in ("Name", "Comment")]
            if all(any(word in one.lower() for one in texts) for word in words):
                found.append(table)
    tables, token = page(found, lambda table: [table.database, table.name], payload)
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


def _list_versions(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    # The newest first, as AWS has them.
    newest_first, token = page(map(int, table.versions), lambda number: -number, payload)
    versions = [{"Table": describe(table, number), "VersionId": str(number)} for number in newest_first]
    return {"TableVersions": versions, **token}


ANSWERERS = {
    "CreateTable": changes(_create, "DatabaseName", "TableInput"),
    "UpdateTable": changes(_update, "DatabaseName", "Name", "TableInput", "SkipArchive", "VersionId"),
    "DeleteTable": changes(_delete, "DatabaseName", "Name"),
    "GetTable": reads(_get, "DatabaseName", "Name"),
    "SearchTables": reads(_search, "SearchText", "NextToken", "MaxResults"),
    "GetTables": reads(_list, "DatabaseName", "Expression", "NextToken", "MaxResults"),
    "GetTableVersions": reads(_list_versions, "DatabaseName", "TableName", "NextToken", "MaxResults"),
}

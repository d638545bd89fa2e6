"""Partitions of a table (AWS Glue Developer Guide, "Partition API")."""

import contextlib
import sqlite3
import time
from collections.abc import Callable
from typing import Any

from local_aws.endpoint.service import Answerer, changes, reads
from local_aws.errors import AwsError
from local_aws.glue.catalog.state import CatalogState, Table, table_of
from local_aws.paging import page
from local_aws.profile import ACCOUNT

_NUMBERS = ("tinyint", "smallint", "int", "integer", "bigint", "long", "decimal", "float", "double")


def _each(entries: list[dict[str, Any]], act: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """Do something with each partition of a batch; the answer tells which were refused, by their values."""
    errors = []
    for entry in entries:
        try:
            act(entry)
        except AwsError as error:
            detail = {"ErrorCode": error.code, "ErrorMessage": error.message}
            errors.append({"PartitionValues": _values(entry), "ErrorDetail": detail})
    return {"Errors": errors}


def _create(table: Table, payload: dict[str, Any]) -> None:
    _add(table, payload["PartitionInput"])


def _create_batch(table: Table, payload: dict[str, Any]) -> dict[str, Any]:
    return _each(payload["PartitionInputList"], lambda details: _add(table, details))


def _update(table: Table, payload: dict[str, Any]) -> None:
    held = _remove(table, payload["PartitionValueList"])
    _add(table, payload["PartitionInput"], held["created"])


def _delete(table: Table, payload: dict[str, Any]) -> None:
    _remove(table, payload["PartitionValues"])


def _delete_batch(table: Table, payload: dict[str, Any]) -> dict[str, Any]:
    return _each(payload["PartitionsToDelete"], lambda key: _remove(table, _values(key)))


def _get(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    return {"Partition": _answer(table, _find(table, payload["PartitionValues"]))}


def _list(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    found = _matching(table, payload["Expression"]) if payload.get("Expression") else table.partitions
    segment = payload.get("Segment") or {"SegmentNumber": 0, "TotalSegments": 1}
    found = found[segment["SegmentNumber"] :: segment["TotalSegments"]]
    held, token = page(found, lambda held: _values(held["input"]), payload)
    answers = [_answer(table, one) for one in held]
    if payload.get("ExcludeColumnSchema"):
        for answer in answers:
            answer.get("StorageDescriptor", {}).pop("Columns", None)
    return {"Partitions": answers, **token}


def _add(table: Table, details: dict[str, Any], created: float | None = None) -> None:
    if len(_values(details)) != len(table.current.get("PartitionKeys", [])):
        raise AwsError(
            "InvalidInputException", "The number of partition keys do not match the number of partition values"
        )
    if any(_values(held["input"]) == _values(details) for held in table.partitions):
        raise AwsError("AlreadyExistsException", "Partition already exists.")
    table.partitions.append({"created": created or time.time(), "input": details})


def _find(table: Table, values: list[str]) -> dict[str, Any]:
    for held in table.partitions:
        if _values(held["input"]) == values:
            return held
    raise AwsError("EntityNotFoundException", "Cannot find partition.")


def _remove(table: Table, values: list[str]) -> dict[str, Any]:
    held = _find(table, values)
    table.partitions.remove(held)
    return held


def _values(details: dict[str, Any]) -> list[str]:
    return details.get("Values", [])


def _answer(table: Table, held: dict[str, Any]) -> dict[str, Any]:
    place = {"DatabaseName": table.database, "TableName": table.name, "CatalogId": ACCOUNT}
    return held["input"] | place | {"CreationTime": held["created"]}


def _matching(table: Table, expression: str) -> list[dict[str, Any]]:
    """The partitions of a table for which an expression holds, read by SQLite over one row of keys a partition.

    AWS Glue Developer Guide, "GetPartitions": "The expression uses SQL syntax similar to the SQL WHERE filter clause".
    One that cannot be read or names what is no key raises ``InvalidInputException``.
    """
    if "(select" in "".join(expression.lower().split()):
        raise AwsError("InvalidInputException", f"Unsupported expression '{expression}'")
    keys = ", ".join(_column(key) for key in table.current.get("PartitionKeys", []))
    with contextlib.closing(sqlite3.connect(":memory:")) as memory:
        memory.execute("PRAGMA case_sensitive_like = ON")
        try:
            query = f"SELECT 1 FROM (SELECT {keys}) WHERE {expression}"
            return [held for held in table.partitions if memory.execute(query, held["input"]["Values"]).fetchone()]
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise AwsError("InvalidInputException", f"Unsupported expression '{expression}': {error}") from error


def _column(key: dict[str, str]) -> str:
    number = key.get("Type", "string").lower().startswith(_NUMBERS)
    name = key["Name"].replace('"', '""')
    return f'CAST(? AS {"NUMERIC" if number else "TEXT"}) AS "{name}"'


def _changes(act: Callable[[Table, dict[str, Any]], dict[str, Any] | None], *parameters: str) -> Answerer:
    """An action that changes the partitions of a table."""

    def answer(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
        table = table_of(state, payload)
        told = act(table, payload)
        state.save_table(table)
        return told or {}

    return changes(answer, "DatabaseName", "TableName", *parameters)


ANSWERERS = {
    "CreatePartition": _changes(_create, "PartitionInput"),
    "BatchCreatePartition": _changes(_create_batch, "PartitionInputList"),
    "UpdatePartition": _changes(_update, "PartitionValueList", "PartitionInput"),
    "DeletePartition": _changes(_delete, "PartitionValues"),
    "BatchDeletePartition": _changes(_delete_batch, "PartitionsToDelete"),
    "GetPartition": reads(_get, "DatabaseName", "TableName", "PartitionValues"),
    "GetPartitions": reads(
        _list, "DatabaseName", "TableName", "Expression", "NextToken", "MaxResults", "ExcludeColumnSchema", "Segment"
    ),
}

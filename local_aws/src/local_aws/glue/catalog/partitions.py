"""Partitions of a table (AWS Glue Developer Guide, "Partition API")."""

import time
from typing import Any

from local_aws.errors import AwsError
from local_aws.glue.catalog.call import changes, each, reads, table_of
from local_aws.glue.catalog.expression import matching
from local_aws.glue.catalog.state import CatalogState, Table
from local_aws.paging import page
from local_aws.profile import ACCOUNT


def _create(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    _add(table, payload["PartitionInput"])
    state.save_table(table)
    return {}


def _create_batch(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table, inputs = table_of(state, payload), payload["PartitionInputList"]
    answer = each(lambda details: _add(table, details), inputs, "PartitionValues", _values)
    state.save_table(table)
    return answer


def _update(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    held = _find(table, payload["PartitionValueList"])
    table.partitions.remove(held)
    _add(table, payload["PartitionInput"], held["created"])
    state.save_table(table)
    return {}


def _delete(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    table.partitions.remove(_find(table, payload["PartitionValues"]))
    state.save_table(table)
    return {}


def _delete_batch(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)

    def delete(key: dict[str, Any]) -> None:
        table.partitions.remove(_find(table, _values(key)))

    answer = each(delete, payload["PartitionsToDelete"], "PartitionValues", _values)
    state.save_table(table)
    return answer


def _get(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    return {"Partition": _answer(table, _find(table, payload["PartitionValues"]))}


def _get_batch(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table, wanted = table_of(state, payload), [_values(key) for key in payload["PartitionsToGet"]]
    found = [held for values in wanted for held in table.partitions if _values(held["input"]) == values]
    return {"Partitions": [_answer(table, held) for held in found], "UnprocessedKeys": []}


def _list(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    found = matching(table, payload["Expression"]) if payload.get("Expression") else table.partitions
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


def _values(details: dict[str, Any]) -> list[str]:
    return details.get("Values", [])


def _answer(table: Table, held: dict[str, Any]) -> dict[str, Any]:
    place = {"DatabaseName": table.database, "TableName": table.name, "CatalogId": ACCOUNT}
    return held["input"] | place | {"CreationTime": held["created"]}


ANSWERERS = {
    "CreatePartition": changes(_create, "DatabaseName", "TableName", "PartitionInput"),
    "BatchCreatePartition": changes(_create_batch, "DatabaseName", "TableName", "PartitionInputList"),
    "UpdatePartition": changes(_update, "DatabaseName", "TableName", "PartitionValueList", "PartitionInput"),
    "DeletePartition": changes(_delete, "DatabaseName", "TableName", "PartitionValues"),
    "BatchDeletePartition": changes(_delete_batch, "DatabaseName", "TableName", "PartitionsToDelete"),
    "GetPartition": reads(_get, "DatabaseName", "TableName", "PartitionValues"),
    "BatchGetPartition": reads(_get_batch, "DatabaseName", "TableName", "PartitionsToGet"),
    "GetPartitions": reads(
        _list, "DatabaseName", "TableName", "Expression", "NextToken", "MaxResults", "ExcludeColumnSchema", "Segment"
    ),
}

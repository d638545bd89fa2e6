"""Partitions of a table (AWS Glue Developer Guide, "Partition API")."""

from typing import Any

from moto.glue.models import FakePartition, FakeTable

from local_aws.errors import AwsError
from local_aws.glue.catalog.call import changes, reads, table_of
from local_aws.glue.catalog.state import CatalogState, epoch
from local_aws.paging import page
from local_aws.profile import ACCOUNT


def _create(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    _check_values(table, payload["PartitionInput"])
    table.create_partition(payload["PartitionInput"])
    return _changed(state, table)


def _create_batch(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    for details in payload["PartitionInputList"]:
        _check_values(table, details)
    errors = state.backend.batch_create_partition(table.database_name, table.name, payload["PartitionInputList"])
    return _changed(state, table, Errors=errors)


def _update(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    _check_values(table, payload["PartitionInput"])
    # The creation time stays the partition's; moto would begin a new one.
    created = table.get_partition(payload["PartitionValueList"]).creation_time
    table.update_partition(payload["PartitionValueList"], payload["PartitionInput"])
    table.get_partition(payload["PartitionInput"]["Values"]).creation_time = created
    return _changed(state, table)


def _delete(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    table.delete_partition(payload["PartitionValues"])
    return _changed(state, table)


def _delete_batch(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    errors = state.backend.batch_delete_partition(table.database_name, table.name, payload["PartitionsToDelete"])
    return _changed(state, table, Errors=errors)


def _get(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    return {"Partition": _answer(table_of(state, payload).get_partition(payload["PartitionValues"]))}


def _get_batch(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    table = table_of(state, payload)
    wanted = [str(key["Values"]) for key in payload["PartitionsToGet"]]
    found = [table.partitions[values] for values in wanted if values in table.partitions]
    return {"Partitions": [_answer(partition) for partition in found], "UnprocessedKeys": []}


def _list(state: CatalogState, payload: dict[str, Any]) -> dict[str, Any]:
    matching = table_of(state, payload).get_partitions(payload.get("Expression"))
    partitions, token = page(matching, lambda partition: partition.values, payload)
    answers = [_answer(partition) for partition in partitions]
    if payload.get("ExcludeColumnSchema"):
        answers = [_without_columns(answer) for answer in answers]
    return {"Partitions": answers, **token}


def _changed(state: CatalogState, table: FakeTable, **answer: Any) -> dict[str, Any]:
    state.changed(table.database_name, table.name)
    return answer


def _check_values(table: FakeTable, details: dict[str, Any]) -> None:
    keys = table.versions[str(table._current_version)].get("PartitionKeys", [])
    if len(details.get("Values", [])) != len(keys):
        raise AwsError(
            "InvalidInputException", "The number of partition keys do not match the number of partition values"
        )


def _answer(partition: FakePartition) -> dict[str, Any]:
    return {**partition.as_dict(), "CatalogId": ACCOUNT, "CreationTime": epoch(partition.creation_time)}


def _without_columns(answer: dict[str, Any]) -> dict[str, Any]:
    storage = {name: value for name, value in answer.get("StorageDescriptor", {}).items() if name != "Columns"}
    return answer | {"StorageDescriptor": storage}


ANSWERERS = {
    "CreatePartition": changes(_create, "DatabaseName", "TableName", "PartitionInput"),
    "BatchCreatePartition": changes(_create_batch, "DatabaseName", "TableName", "PartitionInputList"),
    "UpdatePartition": changes(_update, "DatabaseName", "TableName", "PartitionValueList", "PartitionInput"),
    "DeletePartition": changes(_delete, "DatabaseName", "TableName", "PartitionValues"),
    "BatchDeletePartition": changes(_delete_batch, "DatabaseName", "TableName", "PartitionsToDelete"),
    "GetPartition": reads(_get, "DatabaseName", "TableName", "PartitionValues"),
    "BatchGetPartition": reads(_get_batch, "DatabaseName", "TableName", "PartitionsToGet"),
    "GetPartitions": reads(
        _list, "DatabaseName", "TableName", "Expression", "NextToken", "MaxResults", "ExcludeColumnSchema"
    ),
}

"""Athena's own view of the catalog: data catalogs, databases and tables for its clients."""

from typing import Any

from local_aws.athena.catalog import pages
from local_aws.athena.engine import CATALOG
from local_aws.endpoint.service import Service
from local_aws.errors import AwsError
from local_aws.paging import page

SUMMARY = {"CatalogName": "AwsDataCatalog", "Type": "GLUE", "Status": "CREATE_COMPLETE"}
MOST = 50


class Metadata:
    """The metadata actions (API reference, ``ListDatabases`` … ``GetTableMetadata``)."""

    def __init__(self, catalog: Service):
        self._catalog = catalog

    def list_data_catalogs(self, _: dict[str, Any]) -> dict[str, Any]:
        """ListDataCatalogs: there is one, the Glue Data Catalog."""
        return {"DataCatalogsSummary": [{key: SUMMARY[key] for key in ("CatalogName", "Type")}]}

    def get_data_catalog(self, payload: dict[str, Any]) -> dict[str, Any]:
        """GetDataCatalog."""
        _check_catalog(payload["Name"])
        return {"DataCatalog": {"Name": "AwsDataCatalog", "Type": "GLUE", "Parameters": {}}}

    def list_databases(self, payload: dict[str, Any]) -> dict[str, Any]:
        """ListDatabases."""
        _check_catalog(payload["CatalogName"])
        entries = pages(self._catalog, "GetDatabases", {}, "DatabaseList")
        listed, token = page(entries, lambda entry: entry["Name"], payload, MOST)
        return {"DatabaseList": [_database(entry) for entry in listed], **token}

    def get_database(self, payload: dict[str, Any]) -> dict[str, Any]:
        """GetDatabase."""
        _check_catalog(payload["CatalogName"])
        return {"Database": _database(self._call("GetDatabase", {"Name": payload["DatabaseName"]})["Database"])}

    def list_table_metadata(self, payload: dict[str, Any]) -> dict[str, Any]:
        """ListTableMetadata."""
        _check_catalog(payload["CatalogName"])
        request = {"DatabaseName": payload["DatabaseName"]}
        if payload.get("Expression"):
            request["Expression"] = payload["Expression"]
        try:
            entries = list(pages(self._catalog, "GetTables", request, "TableList"))
        except AwsError as error:
            raise _translated(error) from error
        listed, token = page(entries, lambda entry: entry["Name"], payload, MOST)
        return {"TableMetadataList": [_table(entry) for entry in listed], **token}

    def get_table_metadata(self, payload: dict[str, Any]) -> dict[str, Any]:
        """GetTableMetadata."""
        _check_catalog(payload["CatalogName"])
        request = {"DatabaseName": payload["DatabaseName"], "Name": payload["TableName"]}
        return {"TableMetadata": _table(self._call("GetTable", request)["Table"])}

    def _call(self, action: str, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._catalog.call(action, request)
        except AwsError as error:
            raise _translated(error) from error


def _check_catalog(name: str) -> None:
    if name.lower() != CATALOG:
        raise AwsError("InvalidRequestException", f"Data catalog {name} was not found")


def _translated(error: AwsError) -> AwsError:
    """Athena wraps what Glue refuses in an exception of its own (API reference, ``MetadataException``)."""
    return AwsError("MetadataException", f"{error.code}: {error.message}", error.status)


def _database(entry: dict[str, Any]) -> dict[str, Any]:
    names = {"Name": "Name", "Description": "Description", "Parameters": "Parameters"}
    return {ours: entry[theirs] for theirs, ours in names.items() if entry.get(theirs)}


def _table(entry: dict[str, Any]) -> dict[str, Any]:
    storage = entry.get("StorageDescriptor", {})
    serde = storage.get("SerdeInfo", {})
    parameters = {
        "inputformat": storage.get("InputFormat"),
        "outputformat": storage.get("OutputFormat"),
        "location": storage.get("Location"),
        "serde.serialization.lib": serde.get("SerializationLibrary"),
        **{f"serde.param.{key}": value for key, value in serde.get("Parameters", {}).items()},
        **entry.get("Parameters", {}),
    }
    described = {
        "Name": entry["Name"],
        "TableType": entry.get("TableType", ""),
        "Columns": [_column(column) for column in storage.get("Columns", [])],
        "PartitionKeys": [_column(column) for column in entry.get("PartitionKeys", [])],
        "Parameters": {key: value for key, value in parameters.items() if value is not None},
    }
    if entry.get("CreateTime") is not None:
        described["CreateTime"] = entry["CreateTime"]
    return described


def _column(column: dict[str, Any]) -> dict[str, str]:
    return {key: column[key] for key in ("Name", "Type", "Comment") if column.get(key)}

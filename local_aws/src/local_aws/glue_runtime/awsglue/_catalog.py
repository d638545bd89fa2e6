"""The Glue Data Catalog entries that a sink keeps up to date, through boto3 and the session's own profile."""

from dataclasses import dataclass
from typing import Any

import boto3
from pyspark.sql import types as spark

from awsglue._step import refuse

PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {
        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        "Parameters": {"serialization.format": "1"},
    },
}
_INPUT_KEYS = (
    "Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys", "ViewOriginalText",
    "ViewExpandedText", "TableType", "Parameters", "TargetTable",
)  # fmt: skip


@dataclass(frozen=True)
class CatalogTable:
    """A table of the catalog by name."""

    database: str
    name: str

    def describe(self) -> dict[str, Any] | None:
        """The table as GetTable answers, or ``None``; a missing database is AWS's EntityNotFoundException."""
        client = boto3.client("glue")
        try:
            return client.get_table(DatabaseName=self.database, Name=self.name)["Table"]
        except client.exceptions.EntityNotFoundException as error:
            if error.response["Error"]["Message"].startswith("Database "):
                raise
            return None

    def create(self, schema: spark.StructType, location: str) -> None:
        """Create the table over the files at the location."""
        storage = PARQUET | {"Columns": _columns(schema), "Location": location, "Compressed": False}
        boto3.client("glue").create_table(
            DatabaseName=self.database,
            TableInput={
                "Name": self.name,
                "TableType": "EXTERNAL_TABLE",
                "Parameters": {"classification": "parquet", "EXTERNAL": "TRUE"},
                "PartitionKeys": [],
                "StorageDescriptor": storage,
            },
        )

    def add_columns(self, table: dict[str, Any], schema: spark.StructType) -> None:
        """Overwrite the schema: types follow the data, new columns come last, old ones stay."""
        known = table["StorageDescriptor"].get("Columns", [])
        current = {column["Name"].lower(): column for column in _columns(schema)}
        merged = [column | {"Type": current.get(column["Name"].lower(), column)["Type"]} for column in known]
        names = {column["Name"].lower() for column in known}
        merged += [column for name, column in current.items() if name not in names]
        if merged == known:
            return
        entry = {key: table[key] for key in _INPUT_KEYS if key in table}
        entry["StorageDescriptor"] = table["StorageDescriptor"] | {"Columns": merged}
        boto3.client("glue").update_table(DatabaseName=self.database, TableInput=entry)


def classification_of(table: dict[str, Any]) -> str:
    """The data format of a catalog table: ``parquet`` or ``json``; others are refused."""
    named = table.get("Parameters", {}).get("classification", "").lower()
    serde = table["StorageDescriptor"].get("SerdeInfo", {}).get("SerializationLibrary", "").lower()
    for word in ("parquet", "json"):
        if word in named or word in serde:
            return word
    return refuse(f"The format of table {table['Name']} ({named or serde or 'unknown'})")


def _columns(schema: spark.StructType) -> list[dict[str, str]]:
    return [{"Name": field.name, "Type": field.dataType.simpleString()} for field in schema.fields]

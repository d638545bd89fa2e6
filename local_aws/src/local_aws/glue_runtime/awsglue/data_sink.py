"""DataSink: writing a DynamicFrame to S3, and its table to the Data Catalog (AWS: "GlueContext class", getSink)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
from pyspark.sql import types as spark

from awsglue._catalog import CatalogTable
from awsglue._files import bucket_folder, split_address
from awsglue._step import check_options, exact_names, quoted, refuse
from awsglue.dynamicframe import DynamicFrame

if TYPE_CHECKING:
    from awsglue.context import GlueContext

FORMATS = {"glueparquet", "parquet", "json"}
"""Of sources; a sink writes Parquet alone."""
_OPTIONS = {"path", "partitionKeys", "compression", "enableUpdateCatalog", "updateBehavior", "useGlueParquetWriter"}
_FORMAT_OPTIONS = {"compression", "useGlueParquetWriter", "blockSize", "pageSize"}


class DataSink:
    """A place to write to, by the options ``path``, ``compression``, ``enableUpdateCatalog`` and ``updateBehavior``."""

    def __init__(self, glue_ctx: "GlueContext", options: Mapping[str, Any]):
        check_options("an s3 sink", options, _OPTIONS)
        if not options.get("path"):
            raise ValueError("An s3 sink needs the option path.")
        if options.get("updateBehavior", "UPDATE_IN_DATABASE") != "UPDATE_IN_DATABASE":
            refuse(f"A sink with updateBehavior {options['updateBehavior']}")
        if options.get("partitionKeys"):
            refuse("A sink with partitionKeys")
        self._glue_ctx, self._path = glue_ctx, options["path"]
        self._updates_catalog = bool(options.get("enableUpdateCatalog"))
        self._compression = options.get("compression", "snappy")
        self._has_format = False
        self._table: CatalogTable | None = None

    def setFormat(self, format: str, **options: Any) -> None:
        """The data format: ``glueparquet`` or ``parquet``."""
        if format not in FORMATS - {"json"}:
            refuse(f"The format {format} of a sink")
        check_options(f"the format {format}", options, _FORMAT_OPTIONS)
        self._has_format, self._compression = True, options.get("compression", self._compression)

    def setCatalogInfo(self, catalogDatabase: str, catalogTableName: str, catalogId: str = "") -> None:
        """The table that ``enableUpdateCatalog`` creates or updates."""
        if catalogId:
            refuse("catalogId in setCatalogInfo")
        self._table = CatalogTable(catalogDatabase, catalogTableName)

    def writeFrame(self, dynamic_frame: DynamicFrame, info: str = "") -> DynamicFrame:
        """Append the rows as new files, then create or update the table.

        Fields that hold nothing but null have no type to be written with and are left out. The frame of records that
        could not be written is always empty here, since a failed write raises.
        """
        if not self._has_format:
            raise ValueError("Call setFormat before writeFrame.")
        if self._updates_catalog and self._table is None:
            raise ValueError("A sink with enableUpdateCatalog needs setCatalogInfo.")
        rows = dynamic_frame.toDF()
        with exact_names():
            typed = [field.name for field in rows.schema if field.dataType != spark.NullType()]
            rows = rows.select(*map(quoted, typed))
        bucket, key = split_address(self._path)
        bucket_folder(self._glue_ctx.spark_session.sparkContext, bucket)
        # Asked for before anything is written, so that a missing database leaves no files.
        table = self._table.describe() if self._updates_catalog else None
        if key.strip("/"):
            # The empty object that S3A keeps ("Controlling the S3A Directory Marker Behavior"). Into its folder Spark
            # moves files; where there is none it copies them.
            boto3.client("s3").put_object(Bucket=bucket, Key=f"{key.rstrip('/')}/", Body=b"")
        rows.write.mode("append").option("compression", self._compression).parquet(self._path)
        if self._updates_catalog and table is None:
            self._table.create(rows.schema, self._path)
        elif self._updates_catalog:
            self._table.add_columns(table, rows.schema)
        return DynamicFrame.fromDF(rows.limit(0), self._glue_ctx, f"{dynamic_frame.name}_errors")

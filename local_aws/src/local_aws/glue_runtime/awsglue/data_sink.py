"""DataSink: writing a DynamicFrame to S3, and its table to the Data Catalog (AWS: "GlueContext class", getSink)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
from pyspark.sql import DataFrame

from awsglue._catalog import CatalogTable
from awsglue._files import bucket_folder, split_address
from awsglue._step import check_options, refuse
from awsglue.dynamicframe import DynamicFrame

if TYPE_CHECKING:
    from awsglue.context import GlueContext

FORMATS = {"glueparquet": "parquet", "parquet": "parquet", "json": "json"}
UPDATE_BEHAVIORS = ("UPDATE_IN_DATABASE", "LOG")
_OPTIONS = {"path", "partitionKeys", "compression", "enableUpdateCatalog", "updateBehavior", "useGlueParquetWriter"}
_FORMAT_OPTIONS = {"compression", "useGlueParquetWriter", "blockSize", "pageSize"}


class DataSink:
    """A place to write to.

    Parameters
    ----------
    glue_ctx : GlueContext
        The context.
    options : Mapping
        ``path``, ``partitionKeys``, ``compression``, ``enableUpdateCatalog``, ``updateBehavior``.
    """

    def __init__(self, glue_ctx: "GlueContext", options: Mapping[str, Any]):
        check_options("an s3 sink", options, _OPTIONS)
        if not options.get("path"):
            raise ValueError("An s3 sink needs the option path.")
        self._glue_ctx = glue_ctx
        self._options = dict(options)
        self._behavior = options.get("updateBehavior", "UPDATE_IN_DATABASE")
        if self._behavior not in UPDATE_BEHAVIORS:
            raise ValueError(f"updateBehavior must be one of {', '.join(UPDATE_BEHAVIORS)}; found {self._behavior}.")
        self._format: str | None = None
        self._compression = options.get("compression")
        self._table: CatalogTable | None = None

    def setFormat(self, format: str, **options: Any) -> None:
        """The data format: ``glueparquet``, ``parquet`` or ``json``."""
        if format not in FORMATS:
            refuse(f"The format {format} of a sink")
        check_options(f"the format {format}", options, _FORMAT_OPTIONS)
        self._format = FORMATS[format]
        self._compression = options.get("compression", self._compression)

    def setCatalogInfo(self, catalogDatabase: str, catalogTableName: str, catalogId: str = "") -> None:
        """The table that ``enableUpdateCatalog`` creates or updates."""
        if catalogId:
            refuse("catalogId in setCatalogInfo")
        self._table = CatalogTable(catalogDatabase, catalogTableName)

    def writeFrame(self, dynamic_frame: DynamicFrame, info: str = "") -> DynamicFrame:
        """Append the rows as new files, then create or update the table.

        Fields that hold nothing but null have no type to be written with and are left out.

        Returns
        -------
        DynamicFrame
            The records that could not be written: always empty here, since a failed write raises.
        """
        if self._format is None:
            raise ValueError("Call setFormat before writeFrame.")
        rows = dynamic_frame.drop_null_fields().toDF()
        bucket_folder(self._glue_ctx.spark_session.sparkContext, split_address(self._options["path"])[0])
        table = self._described_table()
        self._write(rows)
        if self._updates_catalog:
            self._update_catalog(table, rows)
        nothing = rows.limit(0)
        return DynamicFrame.fromDF(nothing, self._glue_ctx, f"{dynamic_frame.name}_errors")

    def write(self, dynamic_frame_or_dfc: DynamicFrame, info: str = "") -> DynamicFrame:
        """Write a DynamicFrame."""
        if not isinstance(dynamic_frame_or_dfc, DynamicFrame):
            refuse(f"Writing a {type(dynamic_frame_or_dfc).__name__}")
        return self.writeFrame(dynamic_frame_or_dfc, info)

    @property
    def _updates_catalog(self) -> bool:
        return bool(self._options.get("enableUpdateCatalog"))

    def _described_table(self) -> dict[str, Any] | None:
        """The table as it is, asked for before anything is written, so that a missing database leaves no files."""
        if not self._updates_catalog:
            return None
        if self._table is None:
            raise ValueError("A sink with enableUpdateCatalog needs setCatalogInfo.")
        if self._options.get("partitionKeys"):
            refuse("enableUpdateCatalog with partitionKeys")
        return self._table.describe()

    def _write(self, rows: DataFrame) -> None:
        writer = rows.write.mode("append").format(self._format)
        if self._compression:
            writer = writer.option("compression", self._compression)
        writer.partitionBy(*self._options.get("partitionKeys") or []).save(self._options["path"])
        self._leave_marker()

    def _leave_marker(self) -> None:
        """The empty object that S3A keeps for a directory (Hadoop, "Controlling the S3A Directory Marker Behavior")."""
        bucket, key = split_address(self._options["path"])
        if key.strip("/"):
            boto3.client("s3").put_object(Bucket=bucket, Key=f"{key.rstrip('/')}/", Body=b"")

    def _update_catalog(self, table: dict[str, Any] | None, rows: DataFrame) -> None:
        if table is None:
            self._table.create(rows.schema, self._options["path"], self._format)
        elif self._behavior == "UPDATE_IN_DATABASE":
            self._table.add_columns(table, rows.schema)

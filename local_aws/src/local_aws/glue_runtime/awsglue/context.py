"""GlueContext: reading and writing DynamicFrames (AWS: "GlueContext class")."""

import logging
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from pyspark import SparkContext
from pyspark.sql import SparkSession, SQLContext

from awsglue._catalog import CatalogTable, classification_of
from awsglue._files import list_files
from awsglue._sources import JsonSource
from awsglue._step import check_options, refuse, refuse_attribute
from awsglue.data_sink import FORMATS, DataSink
from awsglue.dynamicframe import DynamicFrame

_READ_OPTIONS = {"paths", "recurse", "groupFiles", "groupSize", "compressionType", "useS3ListImplementation"}
"""Of these, all but the first two only steer how Glue's readers share the work."""


class GlueContext(SQLContext):
    """The entry to Glue's side of a session."""

    def __init__(self, sparkContext: SparkContext, **options: Any):
        check_options("GlueContext", options, {"minPartitions", "targetPartitions"})
        with warnings.catch_warnings():
            # AWS's class is an SQLContext too, of which Spark says that it is deprecated.
            warnings.simplefilter("ignore", FutureWarning)
            super().__init__(sparkContext, SparkSession.builder.getOrCreate())
        self.spark_session = self.sparkSession
        self.create_dynamic_frame = DynamicFrameReader(self)

    def __getattr__(self, name: str) -> NoReturn:
        refuse_attribute(self, name)

    def get_logger(self) -> logging.Logger:
        """The job's logger; locally it writes to the session's log."""
        return logging.getLogger("GlueLogger")

    def create_dynamic_frame_from_options(
        self,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
        **more: Any,
    ) -> DynamicFrame:
        """Read S3: JSON lines or Parquet; nothing is read before the frame is used."""
        options = dict(connection_options or {})
        if connection_type != "s3":
            refuse(f"A source of connection type {connection_type}")
        check_options("create_dynamic_frame.from_options", filter(more.get, more), ())
        check_options("an s3 source", options, _READ_OPTIONS)
        check_options(f"the format {format}", format_options or {}, ())
        paths = options.get("paths")
        if not paths or isinstance(paths, str):
            raise ValueError('connection_options must hold {"paths": [...]}')
        return self._read(format, paths, bool(options.get("recurse")), transformation_ctx)

    def create_dynamic_frame_from_catalog(
        self, database: str, table_name: str, redshift_tmp_dir: str = "", transformation_ctx: str = "", **more: Any
    ) -> DynamicFrame:
        """Read the files of a catalog table."""
        check_options("create_dynamic_frame.from_catalog", filter(more.get, more), ())
        table = CatalogTable(database, table_name).describe()
        if table is None:
            raise ValueError(f"EntityNotFoundException: Table {database}.{table_name} is not found.")
        if table.get("PartitionKeys"):
            refuse(f"Reading the partitioned table {table_name}")
        return self._read(classification_of(table), [table["StorageDescriptor"]["Location"]], True, table_name)

    def getSink(
        self, connection_type: str, format: str | None = None, transformation_ctx: str = "", **options: Any
    ) -> DataSink:
        """A sink on S3; ``setFormat`` and ``setCatalogInfo`` come next."""
        if connection_type != "s3" or format:
            refuse(f"A sink of connection type {connection_type} with the format {format}")
        return DataSink(self, options)

    def _read(self, format: str | None, paths: Sequence[str], recurse: bool, name: str) -> DynamicFrame:
        if format not in FORMATS:
            refuse(f"The format {format} of a source")
        files = list_files(self.spark_session.sparkContext, paths, recurse, hidden=format == "json")
        if format == "json":
            return DynamicFrame(JsonSource(self.spark_session, files), self, name)
        if not files:
            return DynamicFrame.fromDF(self.spark_session.createDataFrame([], "struct<>"), self, name)
        # Files that a sink wrote before a field came are read with those after: the schema is that of all.
        reader = self.spark_session.read.option("mergeSchema", "true")
        return DynamicFrame.fromDF(reader.parquet(*(file.pattern for file in files)), self, name)


class DynamicFrameReader:
    """``glueContext.create_dynamic_frame``."""

    def __init__(self, glue_context: GlueContext):
        self.from_options = glue_context.create_dynamic_frame_from_options
        self.from_catalog = glue_context.create_dynamic_frame_from_catalog

    def __getattr__(self, name: str) -> NoReturn:
        refuse_attribute(self, name)

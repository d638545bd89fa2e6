"""GlueContext: reading and writing DynamicFrames (AWS: "GlueContext class")."""

import logging
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from pyspark import SparkContext
from pyspark.sql import DataFrame, SparkSession, SQLContext

from awsglue._catalog import CatalogTable, classification_of
from awsglue._files import list_files, purge_prefix
from awsglue._sources import FrameSource, JsonSource
from awsglue._step import check_options, refuse, refuse_attribute
from awsglue.data_sink import FORMATS, DataSink
from awsglue.dynamicframe import DynamicFrame

NOT_HERE = {
    "add_ingestion_time_columns", "begin_transaction", "cancel_transaction", "commit_transaction",
    "create_data_frame", "create_data_frame_from_catalog", "create_data_frame_from_options",
    "create_sample_dynamic_frame_from_catalog", "create_sample_dynamic_frame_from_options", "extract_jdbc_conf",
    "forEachBatch", "getSampleSource", "getSource", "get_catalog_schema_as_spark_schema",
    "get_data_source_from_options", "purge_table", "start_transaction", "transition_s3_path", "transition_table",
    "write_data_frame", "write_data_frame_from_catalog", "write_data_frame_from_options",
    "write_dynamic_frame_from_jdbc_conf", "write_from_jdbc_conf",
}  # fmt: skip
_READ_OPTIONS = {"paths", "recurse", "groupFiles", "groupSize", "compressionType", "useS3ListImplementation"}
"""Of these, all but the first two only steer how Glue's readers share the work."""


class GlueContext(SQLContext):
    """The entry to Glue's side of a session.

    Parameters
    ----------
    sparkContext : SparkContext
        The session's context.
    """

    def __init__(self, sparkContext: SparkContext, **options: Any):
        check_options("GlueContext", options, {"minPartitions", "targetPartitions"})
        with warnings.catch_warnings():
            # AWS's class is an SQLContext too, of which Spark says that it is deprecated.
            warnings.simplefilter("ignore", FutureWarning)
            super().__init__(sparkContext, SparkSession.builder.getOrCreate())
        self.spark_session = self.sparkSession
        self.create_dynamic_frame = DynamicFrameReader(self)
        self.write_dynamic_frame = DynamicFrameWriter(self)

    def __getattr__(self, name: str) -> NoReturn:
        refuse_attribute("GlueContext", name, NOT_HERE)

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
        push_down_predicate: str = "",
        **kwargs: Any,
    ) -> DynamicFrame:
        """Read S3: JSON lines or Parquet; nothing is read before the frame is used."""
        options = dict(connection_options or {})
        if connection_type not in ("s3", "file") or push_down_predicate or kwargs:
            refuse(f"create_dynamic_frame.from_options with {push_down_predicate or kwargs or connection_type}")
        check_options("an s3 source", options, _READ_OPTIONS)
        check_options(f"the format {format}", format_options or {}, set())
        paths = options.get("paths")
        if not paths or isinstance(paths, str):
            raise ValueError('connection_options must hold {"paths": [...]}')
        return self._read(format, paths, bool(options.get("recurse")), transformation_ctx)

    def create_dynamic_frame_from_catalog(
        self,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        **more: Any,
    ) -> DynamicFrame:
        """Read the files of a catalog table."""
        table = self._table(database, table_name, redshift_tmp_dir=redshift_tmp_dir, **more)
        if table.get("PartitionKeys"):
            refuse(f"Reading the partitioned table {table_name}")
        return self._read(classification_of(table), [table["StorageDescriptor"]["Location"]], True, table_name)

    def create_dynamic_frame_from_rdd(
        self, data: Any, name: str, schema: Any = None, sample_ratio: float | None = None, transformation_ctx: str = ""
    ) -> DynamicFrame:
        """The DynamicFrame of an RDD."""
        return DynamicFrame.fromDF(self.createDataFrame(data, schema, sample_ratio), self, name)

    def getSink(
        self, connection_type: str, format: str | None = None, transformation_ctx: str = "", **options: Any
    ) -> DataSink:
        """A sink on S3; ``setFormat`` and ``setCatalogInfo`` come next."""
        if connection_type != "s3":
            refuse(f"A sink of connection type {connection_type}")
        sink = DataSink(self, options)
        if format:
            sink.setFormat(format)
        return sink

    def write_dynamic_frame_from_options(
        self,
        frame: DynamicFrame,
        connection_type: str,
        connection_options: Mapping[str, Any] | None = None,
        format: str | None = None,
        format_options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
    ) -> DynamicFrame:
        """Write a DynamicFrame to S3."""
        sink = self.getSink(connection_type, None, transformation_ctx, **(connection_options or {}))
        sink.setFormat(format or "", **(format_options or {}))
        return sink.write(frame)

    def write_dynamic_frame_from_catalog(
        self,
        frame: DynamicFrame,
        database: str | None = None,
        table_name: str | None = None,
        redshift_tmp_dir: str = "",
        transformation_ctx: str = "",
        additional_options: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> DynamicFrame:
        """Append to the files of a catalog table."""
        table = self._table(database, table_name, redshift_tmp_dir=redshift_tmp_dir, **more)
        sink = self.getSink("s3", path=table["StorageDescriptor"]["Location"], **(additional_options or {}))
        sink.setFormat(classification_of(table))
        sink.setCatalogInfo(table["DatabaseName"], table["Name"])
        return sink.write(frame)

    def purge_s3_path(
        self,
        s3_path: str,
        options: Mapping[str, Any] | None = None,
        transformation_ctx: str = "",
        catalog_id: str | None = None,
    ) -> None:
        """Delete the objects under a path that are older than ``retentionPeriod`` hours (168 unless told)."""
        purge_prefix(s3_path, options or {})

    def _table(self, database: str | None, name: str | None, **more: Any) -> dict[str, Any]:
        """A catalog table by its names; what else Glue can be told of one is refused."""
        database = more.pop("name_space", database)
        if not database or not name:
            raise ValueError("A catalog table needs the parameters database and table_name.")
        for option, value in more.items():
            if value:
                refuse(f"{option} of a catalog table")
        table = CatalogTable(database, name).describe()
        if table is None:
            raise ValueError(f"EntityNotFoundException: Table {database}.{name} is not found.")
        return table

    def _read(self, format: str | None, paths: Sequence[str], recurse: bool, name: str) -> DynamicFrame:
        if FORMATS.get(format or "") is None:
            refuse(f"The format {format} of a source")
        is_json = FORMATS[format] == "json"
        files = list_files(self.spark_session.sparkContext, paths, recurse, hidden=is_json)
        if is_json:
            return DynamicFrame(JsonSource(self.spark_session, files), self, name)
        return DynamicFrame(FrameSource(self._parquet([file.pattern for file in files])), self, name)

    def _parquet(self, patterns: Sequence[str]) -> DataFrame:
        if not patterns:
            return self.spark_session.createDataFrame([], "struct<>")
        # Files that a sink wrote before a field came are read with those after: the schema is that of all.
        return self.spark_session.read.option("mergeSchema", "true").parquet(*patterns)


class DynamicFrameReader:
    """``glueContext.create_dynamic_frame``."""

    def __init__(self, glue_context: GlueContext):
        self.from_options = glue_context.create_dynamic_frame_from_options
        self.from_catalog = glue_context.create_dynamic_frame_from_catalog
        self.from_rdd = glue_context.create_dynamic_frame_from_rdd


class DynamicFrameWriter:
    """``glueContext.write_dynamic_frame``."""

    def __init__(self, glue_context: GlueContext):
        self.from_options = glue_context.write_dynamic_frame_from_options
        self.from_catalog = glue_context.write_dynamic_frame_from_catalog

    def __getattr__(self, name: str) -> NoReturn:
        refuse_attribute("write_dynamic_frame", name, {"from_jdbc_conf"})

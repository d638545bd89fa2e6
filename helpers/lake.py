"""The lake as a notebook sees it: one call for each thing that every step does around its rule."""

from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from helpers.accounting import Accounting
from helpers.clients import share_clients
from helpers.counting import account
from helpers.errors import NotPublished
from helpers.landing.files import inference_paths
from helpers.landing.lines import read_landing
from helpers.landing.new_fields import NewFields, find_new_fields, inferred_types
from helpers.masking import mask_rows, show_table
from helpers.publishing.audits import audit
from helpers.publishing.breaker import check_readable
from helpers.publishing.catalog import get_table
from helpers.publishing.publish import fingerprint, publish
from helpers.publishing.quarantine import quarantined_lines
from helpers.publishing.staged import Staged, begin_staging, stage_empty, write_staged
from helpers.publishing.versions import KEPT_VERSIONS, ROWS, remove_old_versions
from helpers.records import write_record
from helpers.settings import Settings
from helpers.tables import TABLES

PREVIEWED = 5


def prepare_spark(spark: SparkSession) -> None:
    """Set what reading and writing rely on: UTC, and dates before 1582 (birthDay may say 1208) as they are.

    Under ANSI mode, which Spark 4 has on, the rows are the same: nothing is cast that does not fit its type.
    """
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.conf.set("spark.sql.caseSensitive", "false")
    # What is held in memory is read three times: to press it together costs more than to read it.
    spark.conf.set("spark.sql.inMemoryColumnarStorage.compressed", "false")
    for side in ("InWrite", "InRead"):
        spark.conf.set(f"spark.sql.parquet.datetimeRebaseMode{side}", "CORRECTED")


class Lake:
    """Where a step reads and writes.

    Parameters
    ----------
    glueContext : awsglue.context.GlueContext
        The session's context.
    bucket, database, run_id, **policy
        See `helpers.settings.Settings`.

    Raises
    ------
    BadParameter
        If a value does not fit.
    """

    def __init__(self, glueContext, bucket: str, database: str, run_id: str = "", **policy: str):
        self.settings = Settings(bucket=bucket, database=database, run_id=run_id, **policy)
        share_clients()
        self._context, self._spark = glueContext, glueContext.spark_session
        prepare_spark(self._spark)
        self._staged: Staged | None = None
        self._classified: tuple[str, DataFrame, Accounting] | None = None
        self._fields = NewFields()
        self._entries: dict[str, dict] = {}
        """Table -> its entry in the catalog, of what this step reads or has published."""
        self._published: dict[str, int] = {}
        """Table -> its rows, of what this step has published."""
        self._outgrown: list[str] = []
        """Published tables with more versions than are kept."""

    def landing(self, source: str) -> dict:
        """The connection options by which a DynamicFrame infers the schema of a source."""
        return {"paths": inference_paths(self.settings.location(f"{source}_landing")), "recurse": True}

    def lines(self, source: str) -> DataFrame:
        """Every record that has landed, none left out (`helpers.landing.lines.read_landing`)."""
        return read_landing(self._spark, self.settings.location(f"{source}_landing"), source)

    def read(self, table: str) -> DataFrame:
        """The rows of a published table, with every column that is declared for it.

        Raises
        ------
        NotPublished
            If there is no such table yet.
        """
        rows = self._rows(self._entry(table))
        there = {name.lower() for name in rows.columns}
        # The sink leaves a column out in which there is no value.
        missing = (column for column in TABLES[table].columns if column.name.lower() not in there)
        return rows.select("*", *(F.lit(None).cast(column.type).alias(column.name) for column in missing))

    def count(self, table: str) -> int:
        """How many rows a published table has, as it was counted when it was published."""
        return int(self._entry(table)["Parameters"][ROWS])

    def account(self, source: str, classified: DataFrame) -> Accounting:
        """Count and print what became of each record of a source; refuse to go on where it is broken.

        Parameters
        ----------
        classified : DataFrame
            See `helpers.counting.account`; what is in quarantine is published with the step's first table.

        Raises
        ------
        ReconciliationFailed
            If the outcomes do not add up to the records read.
        BrokenSource
            If so many records cannot be read that it is no night like any other.
        """
        accounting = account(classified, TABLES[f"{source}_landing"].reasons)
        print(accounting)
        check_readable(self.settings, source, classified, accounting)
        self._classified = source, classified, accounting
        return accounting

    def new_fields(self, frame) -> NewFields:
        """Print the schema that a DynamicFrame inferred of the source, and find the new fields of the kept rows."""
        source, classified, accounting = self._classified
        inferred = inferred_types(frame)
        if accounting.extended:
            taken = TABLES[f"{source}_trusted"].names
            self._fields = find_new_fields(classified.where("outcome = 'kept'"), inferred, taken)
        print(self._fields)
        return self._fields

    def stage(self, table: str) -> str:
        """The ``s3://`` prefix for a table's new version; what an earlier run left staged is removed."""
        self._staged = begin_staging(self.settings, table)
        return self._staged.location

    def publish(self, sink, rows: DataFrame, kept: int) -> None:
        """Write the version that was begun, audit it, and make it the table with one catalog update.

        Parameters
        ----------
        sink : awsglue.data_sink.DataSink
            A Glue S3 sink on the prefix that `stage` gave, which updates the catalog.
        rows : DataFrame
            The whole table.
        kept : int
            How many rows the accounting says there are.

        Raises
        ------
        AuditFailed, BrokenSource, LostRace
            Nothing was published; readers go on seeing the version before.
        """
        self._write(sink, rows, kept)
        if self._classified and f"quarantine_{self._classified[0]}" not in self._published:
            self._publish_quarantine(*self._classified)

    def preview(self, table: str) -> None:
        """Print the first rows of a table that this step has published, identity masked."""
        rows = self._rows(self._entry(table))
        # As text already here: Spark has dates that Python has not.
        texts = rows.select(*(F.col(f"`{name}`").cast("string") for name in rows.columns))
        show_table(self.settings, table, rows.columns, mask_rows(rows.columns, texts.limit(PREVIEWED).collect()))

    def record(self, accounting: Accounting) -> None:
        """Remove old versions, write the record that proves the step's success, forget what was held in memory."""
        for table in self._outgrown:
            remove_old_versions(self.settings.database, table)
        tables = dict(self._published)
        if self._classified:
            tables[f"{self._classified[0]}_landing"] = accounting.read
        step = TABLES[next(iter(tables))].step
        write_record(self.settings, step, accounting, tables, other_fields=self._fields.together)
        self._spark.catalog.clearCache()

    def _write(self, sink, rows: DataFrame, kept: int) -> None:
        # Only a Glue session has awsglue: whoever reads the tables elsewhere can import this module all the same.
        from awsglue.dynamicframe import DynamicFrame

        frame = DynamicFrame.fromDF(rows, self._context, self._staged.table)
        self._finish(write_staged(sink, frame, self.settings, self._staged), kept)

    def _finish(self, staged: Staged, kept: int) -> None:
        written, is_empty = self._rows(staged.definition), _is_empty(staged.definition)
        # Side by side: to plan a query keeps one processor busy, and both read the same few files.
        with ThreadPoolExecutor(1) as beside:
            marked = beside.submit(fingerprint, written, is_empty)
            if kept or not is_empty:
                audit(self._context, self.settings, staged.table, written, kept, self.read)
            mark, count = marked.result()
        is_new = publish(self.settings, staged, mark, count)
        self._entries[staged.table] = staged.definition if is_new else staged.live
        self._published[staged.table] = count
        if is_new and len(staged.places) > KEPT_VERSIONS:
            self._outgrown.append(staged.table)

    def _publish_quarantine(self, source: str, classified: DataFrame, accounting: Accounting) -> None:
        table, quarantined = f"quarantine_{source}", sum(accounting.quarantined.values())
        path = self.stage(table)
        if quarantined:
            sink = self._context.getSink(
                connection_type="s3", path=path, enableUpdateCatalog=True, updateBehavior="UPDATE_IN_DATABASE"
            )
            self._write(sink, quarantined_lines(classified, self.settings.run_id), quarantined)
        elif self._staged.live and _is_empty(self._staged.live):
            self._published[table] = 0
        else:
            columns = [(column.name, column.type) for column in TABLES[table].columns]
            self._finish(stage_empty(self.settings, self._staged, columns), 0)

    def _entry(self, table: str) -> dict:
        """The catalog's entry of a published table, the same one all through a step."""
        if table not in self._entries:
            live = get_table(self.settings.database, table)
            if not live:
                raise NotPublished(
                    f"{self.settings.database}.{table} is not published yet: run the steps before this one first."
                )
            self._entries[table] = live
        return self._entries[table]

    def _rows(self, entry: dict) -> DataFrame:
        """The rows of a version; one that was published without rows has no files."""
        storage = entry["StorageDescriptor"]
        if not _is_empty(entry):
            return self._spark.read.parquet(storage["Location"])
        columns = ", ".join(f"`{column['Name']}` {column['Type']}" for column in storage["Columns"])
        return self._spark.createDataFrame([], columns)


def _is_empty(entry: dict) -> bool:
    """Whether a version is known to have no row."""
    return entry["Parameters"].get(ROWS) == "0"

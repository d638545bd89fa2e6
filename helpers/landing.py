"""Landing files as rows: every line of every file, so that none can vanish.

A DynamicFrame infers the fields of a source, but gives no account of the raw lines that it could not read. So its
schema says which fields there are and of which type, and the lines themselves are read as text, once.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlparse
from uuid import uuid4

import boto3
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from helpers import rules
from helpers.errors import EmptyLanding
from helpers.layout import Layout

STRICT_JSON = {
    "mode": "PERMISSIVE",
    "allowNonNumericNumbers": "false",
    "allowSingleQuotes": "false",
}
BYTE_ORDER_MARK = "\ufeff"
LONGEST = 2**31 - 1
END = uuid4().hex
"""A key that closes the envelope around a line; a random one, so that no line can close it by itself."""

SIMPLE_TYPES = {"boolean": "boolean", "int": "bigint", "long": "bigint", "float": "double", "double": "double"}
"""Glue type name -> the type that a new field gets; one of any other type becomes a string."""

SAMPLE_BYTES = 64 * 1024 * 1024
"""Up to this size a source's schema is inferred from all of its files, above it from its first ones."""


@dataclass(frozen=True)
class LandingFile:
    """One object under a landing prefix: its ``s3://`` URI and its size in bytes."""

    uri: str
    size: int


def prepare_spark(spark: SparkSession) -> None:
    """Set what reading and writing rely on: UTC, and dates before 1582 (birthDay may say 1208) as they are."""
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.conf.set("spark.sql.ansi.enabled", "false")
    spark.conf.set("spark.sql.caseSensitive", "false")
    for side in ("InWrite", "InRead"):
        spark.conf.set(f"spark.sql.parquet.datetimeRebaseMode{side}", "CORRECTED")


def list_landing_files(location: str) -> list[LandingFile]:
    """The files under a landing prefix, by name; hidden ones (a segment that begins with ``_`` or ``.``) left out.

    Raises
    ------
    EmptyLanding
        If there is no file with any content.
    """
    bucket, prefix = urlparse(location).netloc, urlparse(location).path.lstrip("/")
    pages = boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    found = [(item["Key"], item["Size"]) for page in pages for item in page.get("Contents", [])]
    files = [
        LandingFile(f"s3://{bucket}/{key}", size)
        for key, size in sorted(found)
        if size and not any(part[:1] in ("_", ".") for part in key[len(prefix) :].split("/"))
    ]
    if not files:
        raise EmptyLanding(f"{location} holds no landing file with content: copy JSON-lines files there first.")
    return files


def inference_paths(location: str) -> list[str]:
    """What to infer a source's schema from: the whole prefix, or the first files of one too large to read twice.

    A field that only later files have is still found, by the one read of all lines (`extra_fields`).
    """
    files = list_landing_files(location)
    if sum(file.size for file in files) <= SAMPLE_BYTES:
        return [location]
    sample, total = [], 0
    for file in files:
        sample.append(file.uri)
        total += file.size
        if total >= SAMPLE_BYTES:
            break
    return sample


def read_records(spark: SparkSession, location: str, layout: Layout | None = None) -> DataFrame:
    """Read every line under a landing prefix.

    Parameters
    ----------
    location : str
        An ``s3://`` prefix with JSON lines in UTF-8 (with or without BOM, LF or CRLF, plain, ``.gz`` or ``.bz2``), at
        any depth.
    layout : Layout, optional
        How the source writes nearly all of its lines.

    Returns
    -------
    DataFrame
        One row a line that is not blank: ``file`` string, ``line`` string, ``regular`` boolean (the line has the
        layout), ``fields`` map<string,string> of another line (null where it is not one JSON object).
    """
    raw = F.col("value")
    without_mark = F.when(raw.startswith(BYTE_ORDER_MARK), F.substring(raw, 2, LONGEST)).otherwise(raw)
    lines = (
        spark.read.option("recursiveFileLookup", "true")
        .option("lineSep", "\n")
        .text(location)
        .select(
            F.input_file_name().alias("file"),
            _trimmed_end(without_mark).alias("line"),
        )
        .where("line != ''")
        .withColumn("regular", layout.fits(F.col("line")) if layout else F.lit(False))
    )
    return lines.withColumn("fields", F.when(~F.col("regular"), parse_object(F.col("line"))))


def _trimmed_end(line: Column) -> Column:
    # A line that ends with a brace has nothing to trim, which is known faster than trimmed.
    return F.when(line.endswith("}"), line).otherwise(F.call_function("rtrim", F.lit(rules.WHITE_SPACE), line))


def parse_object(line: Column) -> Column:
    """A line's fields as map<string,string>; null where the line is anything but one JSON object in UTF-8.

    Spark's parser stops at the end of the first value and says nothing about what follows. So the line is put into an
    array in front of a last element that must come out as the second one. Bytes that are no UTF-8 it would replace in
    silence.
    """
    envelope = F.from_json(
        F.concat(F.lit("["), line, F.lit(f',{{"{END}":1}}]')), "array<map<string,string>>", STRICT_JSON
    )
    is_utf8 = F.encode(line, "UTF-8") == line.cast("binary")
    is_alone = (F.size(envelope) == 2) & (envelope[1][END] == "1")
    return F.when(is_utf8 & is_alone, envelope[0])


def given(name: str) -> Column:
    """What a line gives for a field, as `select_given` has it: trimmed text, null where it is absent or blank."""
    return F.col(f"given {name}")


def select_given(records: DataFrame, contract: list[str]) -> DataFrame:
    """The fields of each line by name, each read and trimmed once.

    Spark computes a column of an earlier ``select`` once, however often a later one uses it; an expression that is
    used twice within one ``select`` it may compute twice.

    Parameters
    ----------
    records : DataFrame
        The result of `read_records`.
    contract : list of str
        The fields that the source is known to have.

    Returns
    -------
    DataFrame
        Grain: one row a line. The columns of ``records``, a column a field (`given`), and ``extra``, a JSON object
        of the other fields (null where there is none).
    """
    fields = (rules.text(F.col("fields")[name]).alias(f"given {name}") for name in contract)
    return records.select("file", "line", "regular", "fields", *fields, extra_of(contract).alias("extra"))


def read_regular(layout: Layout, values: dict[str, Column]) -> dict[str, Column]:
    """The typed columns: of a regular line by its layout, of another one as ``values`` has them."""
    line = F.col("line")
    return {name: F.when(F.col("regular"), layout.value(line, name)).otherwise(value) for name, value in values.items()}


def reject(rows: DataFrame, columns: list[str], *broken: tuple[Column, str]) -> DataFrame:
    """Say of each line which rule it breaks first, if any.

    Parameters
    ----------
    rows : DataFrame
        The result of `select_given` with the typed ``columns``.
    columns : list of str
        The typed columns to keep.
    broken : (Column, str)
        A condition that is true where a rule is broken, and the rule's name. Before them all comes ``malformed_json``:
        the line is not one JSON object.

    Returns
    -------
    DataFrame
        Grain: one row a line. ``columns``, ``extra``, ``reason`` (null where no rule is broken), and ``file`` and
        ``line`` where one is.
    """
    named = [(F.col("fields").isNull(), "malformed_json"), *broken]
    reason = F.when(~F.col("regular"), F.coalesce(*(F.when(condition, F.lit(name)) for condition, name in named)))
    raw = (F.when(F.col("reason").isNotNull(), F.col(name)).alias(name) for name in ("file", "line"))
    return rows.withColumn("reason", reason).select(*columns, "extra", "reason", *raw)


def extra_of(contract: list[str]) -> Column:
    """The fields of a line that its contract does not name, as a JSON object string; null where there is none."""
    extra = F.map_filter("fields", lambda name, value: ~name.isin(contract))
    entries = F.array_sort(F.map_entries(extra))
    return F.when(F.size(extra) > 0, F.to_json(F.map_from_entries(entries), {"ignoreNullFields": "false"}))


@dataclass(frozen=True)
class ExtraField:
    """A field of the source that the table's contract does not name; it flows into the trusted table as it is.

    ``source`` is its name in the landing file, ``column`` the name that a table can have, ``type`` its Spark type.
    """

    source: str
    column: str
    type: str

    def value(self) -> Column:
        """The field's value out of ``extra``; text where the type is nested or changes from line to line."""
        return F.from_json("extra", "map<string,string>")[self.source].cast(self.type)


def extra_fields(rows: DataFrame, inferred: dict[str, str], contract: list[str]) -> list[ExtraField]:
    """The fields that the lines really have beyond their contract, by name.

    Parameters
    ----------
    rows : DataFrame
        With ``extra`` (see `extra_of`).
    inferred : dict of str to str
        Field -> Glue type name that the DynamicFrame inferred: the field gets that type if every value fits it.
    contract : list of str
        The columns that the table has anyway; a field of the same name in another case is no new field.
    """
    keyed = rows.where("extra is not null").select(F.explode(F.expr("json_object_keys(extra)")).alias("name"))
    taken = {name.lower() for name in contract}
    fields = []
    for (name,) in sorted(keyed.distinct().collect()):
        column = "".join(letter if letter.isalnum() else "_" for letter in name)
        if not column or column.lower() in taken:
            continue
        taken.add(column.lower())
        fields.append(ExtraField(name, column, SIMPLE_TYPES.get(inferred.get(name), "string")))
    return _fitting(rows, fields)


def _fitting(rows: DataFrame, fields: list[ExtraField]) -> list[ExtraField]:
    """The same fields, as strings where a value would be lost in the proposed type."""
    typed = [field for field in fields if field.type != "string"]
    if not typed:
        return fields
    lost = [
        F.count_if(field.value().isNull() & replace(field, type="string").value().isNotNull()).alias(field.column)
        for field in typed
    ]
    losses = rows.select(*lost).first().asDict()
    return [replace(field, type="string") if losses.get(field.column) else field for field in fields]


def count_copies(typed: DataFrame) -> DataFrame:
    """Count equal rows: each row once, with ``copies`` bigint."""
    return typed.groupBy(*typed.columns).agg(F.count(F.lit(1)).alias("copies"))


def forget_excluded(classified: DataFrame) -> DataFrame:
    """The same rows to hold in memory, without the values that nothing reads any more: those of rows that are not kept.

    ``outcome`` and ``copies`` stay, and of a line in quarantine ``reason``, ``file`` and ``line``.
    """
    stay = ("outcome", "copies", "reason", "file", "line")
    kept = F.col("outcome") == "kept"
    return classified.select(
        *(F.col(name) if name in stay else F.when(kept, F.col(name)).alias(name) for name in classified.columns)
    )

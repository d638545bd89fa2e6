"""Landing files as rows: every object of every line of every file, so that none can vanish.

A DynamicFrame infers the fields of a source, but gives no account of the raw lines that it could not read. So its
schema says which fields there are and of which type, and the lines themselves are read as text, once.
"""

import re
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from helpers.errors import LandingIncomplete
from helpers.landing.contract import Contract
from helpers.landing.files import LandingFile, list_landing_files
from helpers.landing.layout import Layout
from helpers.landing.parsing import BLANKS, BYTE_ORDER_MARK

LONGEST = 2**31 - 1
_GLOB = re.compile(r"([\[\]{}*?\\])")


def read_landing(spark: SparkSession, location: str, contract: Contract, layout: Layout | None = None) -> DataFrame:
    """Read every record under a landing prefix of the bucket, and only where none of its files is left out.

    Parameters, and the rows: see `read_records`.

    Raises
    ------
    EmptyLanding
        If there is no file with any content.
    LandingIncomplete
        Naming the files that S3 lists and Spark would not read.
    """
    files = list_landing_files(location)
    lines = _text(spark, location)
    if _missed(lines, files):
        # Spark has its own idea of what is hidden, so it is told each file.
        lines = _text(spark, *(_GLOB.sub(r"\\\1", file.uri) for file in files))
    missed = _missed(lines, files)
    if missed:
        raise LandingIncomplete(f"Of {len(files):,} files under {location} these would not be read whole: {missed}.")
    return _records(lines, contract, layout)


def read_records(spark: SparkSession, location: str, contract: Contract, layout: Layout | None = None) -> DataFrame:
    """Read every record under a prefix.

    Parameters
    ----------
    location : str
        A prefix with JSON lines in UTF-8 (with or without BOM, LF or CRLF or nothing between objects, plain, ``.gz``
        or ``.bz2``), at any depth.
    contract : Contract
        The fields of the source.
    layout : Layout, optional
        How the source writes nearly all of its lines.

    Returns
    -------
    DataFrame
        Grain: one row a record. ``file`` string (URL-encoded), ``line`` string, ``regular`` boolean (the line has the
        layout), and of another record: ``broken`` (``malformed_json``, ``duplicate_key`` or null), its ``text``, the
        text of each field (`given`), and ``extra``, name and text of each other field in turn (null where there is
        none).
    """
    return _records(_text(spark, location), contract, layout)


def _text(spark: SparkSession, *locations: str) -> DataFrame:
    return spark.read.option("recursiveFileLookup", "true").option("lineSep", "\n").text(list(locations))


def _missed(lines: DataFrame, files: list[LandingFile]) -> str:
    """What S3 lists and Spark does not, or not as large as S3 has it; blank where both see the same."""
    seen = {unquote(uri).partition("://")[2] for uri in lines.inputFiles()}
    listed = {file.uri.partition("://")[2] for file in files}
    missing = sorted(listed - seen)
    if missing:
        return ", ".join(missing[:5]) + (f" and {len(missing) - 5:,} more" if len(missing) > 5 else "")
    if seen - listed:
        return "others besides them"
    # Spark's estimate of the size of files is the sum of their lengths.
    size, total = int(lines._jdf.queryExecution().analyzed().stats().sizeInBytes()), sum(file.size for file in files)
    return "" if size == total else f"S3 lists {total:,} bytes, Spark {size:,}"


def _records(lines: DataFrame, contract: Contract, layout: Layout | None) -> DataFrame:
    raw = F.col("value")
    without_mark = F.when(raw.startswith(BYTE_ORDER_MARK), F.substring(raw, 2, LONGEST)).otherwise(raw)
    read = F.udf(lambda line: None if line is None else contract.records(line), "array<array<string>>", useArrow=True)
    names = ["broken", "text", *map(_given, contract.fields)]
    columns = [F.col("record")[place].alias(name) for place, name in enumerate(names)]
    others = F.slice("record", len(names) + 1, F.size("record"))
    extra = F.when(F.size("record") > len(names), others).alias("extra")
    return (
        lines.select(F.input_file_name().alias("file"), _trimmed_end(without_mark).alias("line"))
        .where("line != ''")
        .withColumn("regular", layout.fits(F.col("line")) if layout else F.lit(False))
        .withColumn("records", read(F.when(~F.col("regular"), F.col("line").cast("binary"))))
        .select("file", "line", "regular", F.explode_outer("records").alias("record"))
        .select("file", "line", "regular", *columns, extra)
    )


def _trimmed_end(line: Column) -> Column:
    # A line that ends with a brace has nothing to trim, which is known faster than trimmed.
    return F.when(line.endswith("}"), line).otherwise(F.call_function("rtrim", F.lit(BLANKS), line))


def _given(name: str) -> str:
    return f"given {name}"


def given(name: str) -> Column:
    """What a record gives for a field, as its contract spells it; null where it is absent or blank."""
    return F.col(f"`{_given(name)}`")


def read_regular(layout: Layout, values: dict[str, Column]) -> dict[str, Column]:
    """The typed columns: of a regular line by its layout, of another one as ``values`` has them."""
    line = F.col("line")
    return {name: F.when(F.col("regular"), layout.value(line, name)).otherwise(value) for name, value in values.items()}


def reject(rows: DataFrame, columns: list[str], *rules: tuple[Column, str]) -> DataFrame:
    """Say of each record which rule it breaks first, if any.

    Parameters
    ----------
    rows : DataFrame
        The result of `read_records` with the typed ``columns``.
    columns : list of str
        The typed columns to keep.
    rules : (Column, str)
        A condition that is true where a rule is broken, and the rule's name. Before them all comes what is ``broken``
        about the record.

    Returns
    -------
    DataFrame
        Grain: one row a record. ``columns``, ``extra``, ``reason`` (null where no rule is broken), and ``file`` and
        ``line`` where one is.
    """
    reason = F.coalesce("broken", *(F.when(condition, F.lit(name)) for condition, name in rules))
    rows = rows.withColumn("reason", F.when(~F.col("regular"), reason))
    raw = {"file": F.col("file"), "line": F.col("text")}
    where_broken = (F.when(F.col("reason").isNotNull(), value).alias(name) for name, value in raw.items())
    return rows.select(*columns, "extra", "reason", *where_broken)

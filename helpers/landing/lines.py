"""Landing files as rows: every object of every line of every file, so that none can vanish.

A DynamicFrame infers the fields of a source, but gives no account of the raw lines that it could not read. So its
schema says which fields there are and of which type, and the lines themselves are read as text, once.
"""

import re
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from helpers.errors import LandingIncomplete
from helpers.landing.contract import CONTRACTS, Contract
from helpers.landing.files import LandingFile, list_landing_files
from helpers.landing.layout import LAYOUTS, Layout
from helpers.landing.parsing import BLANKS, BYTE_ORDER_MARK

LONGEST = 2**31 - 1
_GLOB = re.compile(r"([\[\]{}*?\\])")


def read_landing(spark: SparkSession, location: str, source: str) -> DataFrame:
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
    return _records(lines, CONTRACTS[source], LAYOUTS.get(source))


def read_records(spark: SparkSession, location: str, source: str, by_layout: bool = True) -> DataFrame:
    """Read every record under a prefix.

    Parameters
    ----------
    location : str
        A prefix with JSON lines in UTF-8 (with or without BOM, LF or CRLF or nothing between objects, plain, ``.gz``
        or ``.bz2``), at any depth.
    source : {"customer", "accelerometer", "step_trainer"}
        Whose records they are.
    by_layout : bool
        Whether lines in the source's layout are read by it; the rows are the same.

    Returns
    -------
    DataFrame
        Grain: one row a record; held in memory. The columns of the source's contract, ``extra`` (name, kind and text
        of each other field in turn; null where there is none), ``reason`` (null, or the first broken rule of
        `helpers.tables.REASONS`), and ``file`` (URL-encoded) and ``line`` where there is a reason.
    """
    return _records(_text(spark, location), CONTRACTS[source], LAYOUTS.get(source) if by_layout else None)


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


def _records(text: DataFrame, contract: Contract, layout: Layout | None) -> DataFrame:
    raw = F.col("value")
    without_mark = F.when(raw.startswith(BYTE_ORDER_MARK), F.substring(raw, 2, LONGEST)).otherwise(raw)
    lines = text.select(F.input_file_name().alias("file"), _trimmed_end(without_mark).alias("line")).where("line != ''")
    if layout is None:
        return _by_rules(lines, contract).persist()
    fits = layout.fits("line")
    # Each line is looked at once: kept are the values of a regular one, and the text of any other.
    looked_at = lines.select(
        *(F.when(fits, layout.value("line", name)).alias(name) for name in contract.fields),
        *(F.when(~fits, F.col(name)).alias(name) for name in ("file", "line")),
    ).persist()
    nothing = (F.lit(None).cast(kind).alias(name) for name, kind in (("extra", "array<string>"), ("reason", "string")))
    regular = looked_at.where("line is null").select(*contract.fields, *nothing, "file", "line")
    return regular.unionByName(_by_rules(looked_at.where("line is not null"), contract).persist())


def _by_rules(lines: DataFrame, contract: Contract) -> DataFrame:
    """The records of lines that are read by the full rules, in plain Python."""
    read = F.udf(contract.records, "array<array<string>>", useArrow=True)
    record, first = F.col("record"), 2 + len(contract.columns)
    others = F.when(F.size(record) > first, F.slice(record, first + 1, F.size(record))).alias("extra")
    is_broken = record[0].isNotNull()
    return lines.select("file", F.explode(read(F.col("line").cast("binary"))).alias("record")).select(
        *(record[place].cast(column.type).alias(column.name) for place, column in enumerate(contract.columns, 2)),
        others,
        record[0].alias("reason"),
        F.when(is_broken, F.col("file")).alias("file"),
        F.when(is_broken, record[1]).alias("line"),
    )


def _trimmed_end(line: Column) -> Column:
    # A line that ends with a brace has nothing to trim, which is known faster than trimmed.
    return F.when(line.endswith("}"), line).otherwise(F.call_function("rtrim", F.lit(BLANKS), line))

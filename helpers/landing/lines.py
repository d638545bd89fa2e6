"""Landing files as rows: every object of every line of every file, so that none can vanish.

A DynamicFrame infers the fields of a source, but gives no account of the raw lines that it could not read. So its
schema says which fields there are and of which type, and the lines themselves are read as text, once.
"""

import re
from urllib.parse import unquote

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from helpers.errors import LandingIncomplete
from helpers.landing.contract import CONTRACTS
from helpers.landing.files import LandingFile, list_landing_files
from helpers.landing.layout import LAYOUTS
from helpers.landing.reader import Reader

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
    return _records(lines, source)


def read_records(spark: SparkSession, location: str, source: str) -> DataFrame:
    """Read every record under a prefix.

    Parameters
    ----------
    location : str
        A prefix with JSON lines in UTF-8 (with or without BOM, LF or CRLF or nothing between objects, plain, ``.gz``
        or ``.bz2``), at any depth.
    source : {"customer", "accelerometer", "step_trainer"}
        Whose records they are.

    Returns
    -------
    DataFrame
        Grain: one row a record; held in memory. The columns of the source's contract, ``extra`` (name, kind and text
        of each other field in turn; null where there is none), ``reason`` (null, or the first broken rule of
        `helpers.tables.REASONS`), and ``file`` (URL-encoded) and ``line`` where there is a reason.
    """
    return _records(_text(spark, location), source)


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


def _records(text: DataFrame, source: str) -> DataFrame:
    names = text.sparkSession.createDataFrame([(name,) for name in text.inputFiles()], "file string")
    # A number tells a file in fewer bytes than its name, which only what is broken needs.
    numbers = names.select(F.xxhash64("file"), "file")
    reader = Reader(CONTRACTS[source], LAYOUTS.get(source), dict(numbers.collect()))
    lines = text.select(F.col("value").cast("binary"), F.xxhash64(F.input_file_name()))
    return lines.mapInArrow(reader.read, reader.schema).persist()

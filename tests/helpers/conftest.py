"""One Spark for all transforms, and rows written by hand."""

import json
import os
import sys

import pytest
from pyspark.sql import SparkSession

from local_aws.glue.sessions.java import find_java_home


@pytest.fixture(scope="session")
def spark():
    os.environ["JAVA_HOME"], os.environ["PYSPARK_PYTHON"] = find_java_home(os.environ), sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.memory", "1g")
        # As Spark 4 has it: what a cast or a sum would lose is an error.
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.ui.retainedExecutions", "10")
        .config("spark.ui.retainedTasks", "1000")
        # To compile a query takes longer than to answer it for a few rows; whole runs, and `compiled`, do.
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .getOrCreate()
    )
    from helpers.lake import prepare_spark

    prepare_spark(session)
    yield session
    session.stop()


@pytest.fixture
def compiled(spark):
    """Queries are compiled, as everywhere else: for what could be too much code for Java."""
    names = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"}
    before = {name: spark.conf.get(name) for name in names}
    for name, value in names.items():
        spark.conf.set(name, value)
    yield
    for name, value in before.items():
        spark.conf.set(name, value)


@pytest.fixture
def landing(spark, tmp_path):
    """A function that lands lines (raw text, or a dictionary as JSON) and reads them back as records."""
    from helpers.landing.lines import read_records

    def land(source, *lines):
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        folder = tmp_path / "landing"
        folder.mkdir(exist_ok=True)
        (folder / f"part-{len(list(folder.iterdir()))}.json").write_bytes(text.encode("utf-8"))
        return read_records(spark, folder.as_uri(), source)

    return land

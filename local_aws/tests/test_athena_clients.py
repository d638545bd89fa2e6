"""awswrangler and PyAthena with their defaults, on tables that they write themselves."""

import io

import awswrangler as wr
import duckdb
import pandas as pd
import pytest
from pyarrow import parquet
from pyathena import connect
from pyathena.cursor import DictCursor
from pyathena.pandas.cursor import PandasCursor

BUCKET = "athena-clients"
OUTPUT = f"s3://{BUCKET}/results/"
FRAME = pd.DataFrame({"n": [1, 2, 3], "name": ["a", None, "c"], "day": ["x", "x", "y"]})


@pytest.fixture(scope="module")
def options(boto3_session):
    boto3_session.client("s3").create_bucket(Bucket=BUCKET)
    wr.catalog.create_database("clients", boto3_session=boto3_session)
    wr.s3.to_parquet(
        FRAME,
        path=f"s3://{BUCKET}/frames/",
        dataset=True,
        database="clients",
        table="frames",
        partition_cols=["day"],
        boto3_session=boto3_session,
    )
    return {"database": "clients", "s3_output": OUTPUT, "boto3_session": boto3_session}


@pytest.fixture
def connection(boto3_session, options):
    with connect(session=boto3_session, s3_staging_dir=OUTPUT, schema_name="clients") as opened:
        yield opened


def names(boto3_session, prefix):
    listed = boto3_session.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return [entry["Key"] for entry in listed if not entry["Key"].endswith("/")]


@pytest.mark.parametrize(
    "approach",
    [{}, {"ctas_approach": False}, {"ctas_approach": False, "unload_approach": True}],
    ids=["ctas", "csv", "unload"],
)
def test_wrangler_reads_a_query_its_three_ways(options, boto3_session, approach):
    path = {**options, "s3_output": f"{OUTPUT}{len(approach)}{'unload_approach' in approach}/"}
    read = wr.athena.read_sql_query("SELECT n, name, day FROM frames ORDER BY n", **path, **approach)
    assert read["n"].tolist() == [1, 2, 3]
    assert read["name"].isna().tolist() == [False, True, False]
    assert read["day"].tolist() == ["x", "x", "y"]
    tables = [table["Name"] for table in wr.catalog.get_tables(database="clients", boto3_session=boto3_session)]
    assert not [name for name in tables if name.startswith("temp_table")]


def test_wrangler_leaves_nothing_of_a_temporary_table(options, boto3_session):
    output = {**options, "s3_output": f"s3://{BUCKET}/temporary/"}
    wr.athena.read_sql_query("SELECT * FROM frames", keep_files=False, **output)
    assert names(boto3_session, "temporary/") == []


def test_wrangler_reads_chunks_and_parameters(options):
    chunks = wr.athena.read_sql_query("SELECT n FROM frames ORDER BY n", chunksize=2, **options)
    assert [len(chunk) for chunk in chunks] == [2, 1]
    for style, sql in (
        ("qmark", "SELECT n FROM frames WHERE day = ?"),
        ("named", "SELECT n FROM frames WHERE day = :d"),
    ):
        params = ["'y'"] if style == "qmark" else {"d": "y"}
        read = wr.athena.read_sql_query(sql, params=params, paramstyle=style, **options)
        assert read["n"].tolist() == [3]


def test_wrangler_reads_and_makes_tables(options, boto3_session):
    assert sorted(wr.athena.read_sql_table("frames", **options)["n"]) == [1, 2, 3]
    made = wr.athena.create_ctas_table(
        "SELECT n, day FROM frames", ctas_table="copied", partitioning_info=["day"], wait=True, **options
    )
    assert made["ctas_table"] == "copied"
    assert wr.catalog.table("clients", "copied", boto3_session=boto3_session)["Column Name"].tolist() == ["n", "day"]
    assert len(wr.catalog.get_partitions("clients", "copied", boto3_session=boto3_session)) == 2
    assert wr.catalog.get_table_types("clients", "copied", boto3_session=boto3_session) == {
        "n": "bigint",
        "day": "string",
    }


def test_wrangler_describes_repairs_and_finds_tables(options, boto3_session):
    described = wr.athena.describe_table("frames", **options)
    assert described["Column Name"].tolist() == ["n", "name", "day"]
    assert described["Partition"].tolist() == [False, False, True]
    assert wr.athena.show_create_table("frames", **options).startswith("CREATE EXTERNAL TABLE `clients.frames`(")
    assert wr.athena.repair_table("frames", **options) == "SUCCEEDED"
    found = wr.catalog.search_tables("frames", boto3_session=boto3_session)
    assert "frames" in [table["Name"] for table in found]
    result = wr.athena.start_query_execution(
        "SELECT n FROM frames", wait=True, athena_query_wait_polling_delay=0.05, **options
    )
    assert wr.athena.get_query_columns_types(result["QueryExecutionId"], boto3_session=boto3_session) == {"n": "bigint"}


def test_wrangler_unloads_and_others_read_it(boto3_session, options):
    place = f"s3://{BUCKET}/unloaded/"
    here = {"database": "clients", "boto3_session": boto3_session}
    wr.athena.unload("SELECT n, name FROM frames", path=place, compression="snappy", **here)
    # It has Athena write the manifest to the same place.
    read = wr.s3.read_parquet(place, dataset=True, path_ignore_suffix=".csv", boto3_session=boto3_session)
    assert sorted(read["n"]) == [1, 2, 3]
    (key,) = [key for key in names(boto3_session, "unloaded/") if not key.endswith(".csv")]
    body = boto3_session.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    opened = duckdb.from_arrow(parquet.read_table(io.BytesIO(body)))
    assert opened.sum("n").fetchone() == (6,)


def test_wrangler_appends_partitions(options, boto3_session):
    more = FRAME.assign(day="z")
    wr.s3.to_parquet(
        more,
        path=f"s3://{BUCKET}/appended/",
        dataset=True,
        database="clients",
        table="appended",
        partition_cols=["day"],
        mode="overwrite",
        boto3_session=boto3_session,
    )
    read = wr.athena.read_sql_query("SELECT count(*) AS c FROM appended WHERE day = 'z'", **options)
    assert read["c"].tolist() == [3]


def test_pyathena_reads_by_its_cursors(connection):
    sql = "SELECT n, name FROM frames WHERE n < 3 ORDER BY n"
    assert connection.cursor().execute(sql).fetchall() == [(1, "a"), (2, None)]
    assert connection.cursor(DictCursor).execute(sql).fetchall()[0] == {"n": 1, "name": "a"}
    for unload in (False, True):
        frame = connection.cursor(PandasCursor, unload=unload).execute(sql).as_pandas()
        assert frame["n"].tolist() == [1, 2]


def test_pyathena_gives_a_result_again(connection):
    sql = "SELECT count(*) FROM frames"
    connection.cursor().execute(sql)
    cursor = connection.cursor().execute(sql, result_reuse_enable=True, result_reuse_minutes=10)
    assert cursor.reused_previous_result
    assert cursor.fetchall() == [(3,)]


def test_pyathena_fills_in_parameters(connection):
    sql = "SELECT n FROM frames WHERE day = %(day)s"
    assert connection.cursor().execute(sql, {"day": "y"}).fetchall() == [(3,)]
    found = connection.cursor().execute("SELECT n FROM frames WHERE day = ?", ["'y'"], paramstyle="qmark").fetchall()
    assert found == [(3,)]

"""CREATE TABLE AS, INSERT INTO and UNLOAD: the files that they leave, and what they refuse."""

import gzip
import io
import json
import zlib

import pyarrow.parquet as pq
import pytest
from athena_runs import Runner
from botocore.exceptions import ClientError

BUCKET = "write-tests"
VALUES = "select * from (values (1, 'a', 1.5e0), (2, 'b', null)) as t(n, name, x)"


@pytest.fixture(scope="module")
def athena(aws):
    aws("s3").create_bucket(Bucket=BUCKET)
    runner = Runner(aws("athena"), "write_tests", f"s3://{BUCKET}/results/")
    runner.done("CREATE DATABASE write_tests")
    return runner


def objects(aws, prefix):
    listed = aws("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return {
        entry["Key"]: aws("s3").get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()
        for entry in listed
        if not entry["Key"].endswith("/")
    }


def test_create_table_as_leaves_parquet_below_the_results(athena, aws):
    execution = athena.done(f"CREATE TABLE plain AS {VALUES}")
    assert (execution["StatementType"], execution["SubstatementType"]) == ("DDL", "CREATE_TABLE_AS_SELECT")
    place = f"s3://{BUCKET}/results/tables/{execution['QueryExecutionId']}"
    table = aws("glue").get_table(DatabaseName="write_tests", Name="plain")["Table"]
    assert table["StorageDescriptor"]["Location"] == place
    assert table["StorageDescriptor"]["Columns"] == [
        {"Name": "n", "Type": "int"},
        {"Name": "name", "Type": "string"},
        {"Name": "x", "Type": "double"},
    ]
    (body,) = objects(aws, f"results/tables/{execution['QueryExecutionId']}/").values()
    assert pq.read_table(io.BytesIO(body)).to_pylist() == [
        {"n": 1, "name": "a", "x": 1.5},
        {"n": 2, "name": "b", "x": None},
    ]
    assert athena.rows("select * from plain order by n") == ["n|name|x", "1|a|1.5", "2|b|"]


def test_the_answer_counts_rows_and_names_the_manifest(athena, aws):
    execution = athena.done(f"CREATE TABLE counted WITH (external_location = 's3://{BUCKET}/counted/') AS {VALUES}")
    answer = athena.client.get_query_results(QueryExecutionId=execution["QueryExecutionId"])
    assert answer["UpdateCount"] == 2
    assert answer["ResultSet"]["Rows"] == []
    bucket, _, key = execution["Statistics"]["DataManifestLocation"].removeprefix("s3://").partition("/")
    listed = aws("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode().split()
    assert listed == [f"s3://{BUCKET}/{name}" for name in objects(aws, "counted/")]


def test_sums_are_bigint_and_not_double(athena, aws):
    athena.done("CREATE TABLE sums AS select sum(n) as s, count(*) as c from (values 9007199254740993) as t(n)")
    assert athena.rows("select s, c from sums") == ["s|c", "9007199254740993|1"]


def test_no_rows_leave_a_table_without_files(athena, aws):
    execution = athena.done(f"CREATE TABLE empty AS select * from ({VALUES}) where n > 5")
    assert objects(aws, f"results/tables/{execution['QueryExecutionId']}/") == {}
    assert athena.rows("select * from empty") == ["n|name|x"]
    athena.done(f"CREATE TABLE unfilled AS {VALUES} WITH NO DATA")
    assert athena.rows("select * from unfilled") == ["n|name|x"]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("CREATE TABLE taken AS select 1 as n", "TABLE_ALREADY_EXISTS: line 1:1: Destination table"),
        ("CREATE TABLE a AS select 1", "COLUMN_NAME_NOT_SPECIFIED: line 1:1: Column name not specified at position 1"),
        ("CREATE TABLE a AS select 1 as n, 2 as n", "DUPLICATE_COLUMN_NAME: line 1:1: Column name 'n'"),
        ("CREATE TABLE a AS select null as n", "COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown at position 1"),
        ("CREATE TABLE a AS select now() as n", "NOT_SUPPORTED: Unsupported Hive type: timestamp with time zone"),
        ("CREATE TABLE a AS\nselect nope from taken", "COLUMN_NOT_FOUND: line 2:8: Column 'nope'"),
        ("CREATE TABLE nowhere.a AS select 1 as n", "SCHEMA_NOT_FOUND: line 1:1: Schema 'nowhere'"),
        ("CREATE TABLE a WITH (format = 'ORC') AS select 1 as n", "NOT_SUPPORTED: "),
        ("CREATE TABLE a WITH (bucketed_by = ARRAY['n'], bucket_count = 2) AS select 1 as n", "NOT_SUPPORTED: "),
        (
            "CREATE TABLE a WITH (partitioned_by = ARRAY['n']) AS select 1 as n, 2 as m",
            "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns",
        ),
        (
            f"CREATE TABLE a WITH (external_location = 's3://{BUCKET}/full/') AS select 1 as n",
            "HIVE_PATH_ALREADY_EXISTS: Target directory",
        ),
        (f"UNLOAD (select 1 as n) TO 's3://{BUCKET}/full/' WITH (format = 'PARQUET')", "HIVE_PATH_ALREADY_EXISTS"),
        (
            "INSERT INTO taken select 'x'",
            "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [int]",
        ),
        ("INSERT INTO taken values (1, 2)", "TYPE_MISMATCH"),
        ("INSERT INTO nothing values (1, 2)", "TABLE_NOT_FOUND"),
    ],
)
def test_what_is_refused(athena, aws, sql, reason):
    athena.done("CREATE TABLE IF NOT EXISTS taken AS select 1 as n")
    aws("s3").put_object(Bucket=BUCKET, Key="full/a", Body=b"x")
    assert athena.reason(sql.replace("TABLE a ", f"TABLE a{zlib.crc32(sql.encode())} ")).startswith(reason)


def test_malformed_statements_are_refused_at_their_start(athena):
    for sql in ("INSERT INTO", "UNLOAD select 1", "UNLOAD (select 1 as n", "CREATE TABLE a AS selec 1"):
        with pytest.raises(ClientError, match="mismatched input"):
            athena.run(sql)


def test_insert_adds_rows(athena):
    athena.done(f"CREATE TABLE grown AS {VALUES}")
    assert athena.results("INSERT INTO grown VALUES (3, 'c', 2)")["UpdateCount"] == 1
    athena.done("INSERT INTO grown (name, n) SELECT name, n + 10 FROM grown WHERE n = 1")
    assert athena.rows("select * from grown order by n") == ["n|name|x", "1|a|1.5", "2|b|", "3|c|2.0", "11|a|"]


def test_unload_writes_json_and_text(athena, aws):
    execution = athena.done(f"UNLOAD ({VALUES}) TO 's3://{BUCKET}/json/' WITH (format = 'JSON')")
    assert (execution["StatementType"], execution["SubstatementType"]) == ("DML", "UNLOAD")
    ((name, body),) = objects(aws, "json/").items()
    assert name.endswith(".gz")
    lines = [json.loads(line) for line in gzip.decompress(body).splitlines()]
    assert lines == [{"n": 1, "name": "a", "x": 1.5}, {"n": 2, "name": "b", "x": None}]
    athena.done(
        f"UNLOAD ({VALUES}) TO 's3://{BUCKET}/text' "
        "WITH (format = 'TEXTFILE', field_delimiter = ',', compression = 'NONE')"
    )
    assert list(objects(aws, "text/").values()) == [b"1,a,1.5\n2,b,\\N\n"]


def test_parameters_and_comments_reach_the_query_within(athena):
    athena.done("-- why\nCREATE TABLE asked AS select ? as n /* here */", ExecutionParameters=["7"])
    assert athena.rows("select n from asked") == ["n", "7"]

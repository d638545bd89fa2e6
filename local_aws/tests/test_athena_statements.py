"""Statements that write, and tables with partitions, through boto3."""

import gzip
import json

import pytest
from athena_query import Query

BUCKET = "athena-statements"
OUTPUT = f"s3://{BUCKET}/results/"


@pytest.fixture(scope="module")
def query(aws):
    aws("s3").create_bucket(Bucket=BUCKET)
    made = Query(aws("athena"), OUTPUT, "made")
    made.done("CREATE DATABASE made")
    return made


def keys(aws, prefix):
    listed = aws("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return [entry["Key"] for entry in listed if not entry["Key"].endswith("/")]


def test_a_created_table_is_what_the_query_answers(query, aws):
    execution = query.done(
        "CREATE TABLE made.plain AS SELECT 1 AS a, 'x' AS b, 2.50 AS c, DATE '2022-06-18' AS d, "
        "TIMESTAMP '2022-06-18 14:00:00.123' AS e, ARRAY[1, 2] AS f, 1e0 AS g, true AS h, count(*) AS n"
    )
    assert (execution["StatementType"], execution["SubstatementType"]) == ("DDL", "CREATE_TABLE_AS_SELECT")
    assert execution["ResultConfiguration"]["OutputLocation"] == f"{OUTPUT}tables/{execution['QueryExecutionId']}"
    assert query.rows("SELECT * FROM awsdatacatalog.made.plain") == [
        "a|b|c|d|e|f|g|h|n",
        "1|x|2.50|2022-06-18|2022-06-18 14:00:00.123|[1, 2]|1.0|true|1",
    ]
    table = aws("glue").get_table(DatabaseName="made", Name="plain")["Table"]
    kinds = [column["Type"] for column in table["StorageDescriptor"]["Columns"]]
    assert kinds == [
        "int",
        "string",
        "decimal(3,2)",
        "date",
        "timestamp",
        "array<int>",
        "double",
        "boolean",
        "bigint",
    ]
    manifest = execution["Statistics"]["DataManifestLocation"].removeprefix(f"s3://{BUCKET}/")
    (file,) = aws("s3").get_object(Bucket=BUCKET, Key=manifest)["Body"].read().decode().split()
    assert file.startswith(table["StorageDescriptor"]["Location"])


def test_an_empty_answer_makes_an_empty_table(query):
    query.done("CREATE TABLE nothing AS SELECT 1 AS a WHERE false")
    query.done("CREATE TABLE nodata AS SELECT 1 AS a WITH NO DATA")
    assert query.rows("SELECT * FROM nothing UNION ALL SELECT * FROM nodata") == ["a"]


def test_a_table_that_exists_is_refused_or_kept(query):
    query.done("CREATE TABLE twice AS SELECT 1 AS a")
    assert "TABLE_ALREADY_EXISTS" in query.reason("CREATE TABLE twice AS SELECT 2 AS a")
    query.done("CREATE TABLE IF NOT EXISTS twice AS SELECT 2 AS a")
    assert query.rows("SELECT a FROM twice") == ["a", "1"]


def test_partitions_are_folders_and_a_filter_reads_only_its_own(query, aws):
    query.done(
        f"CREATE TABLE parted WITH (external_location = 's3://{BUCKET}/parted/', partitioned_by = ARRAY['day', 'n'], "
        "format = 'PARQUET', write_compression = 'SNAPPY') AS SELECT * FROM (VALUES ('a', DATE '2022-06-18', 1), "
        "('b', DATE '2022-06-19', 2), ('c', DATE '2022-06-19', NULL)) AS t (v, day, n)"
    )
    folders = {key.rpartition("/")[0] for key in keys(aws, "parted/")}
    assert folders == {
        "parted/day=2022-06-18/n=1",
        "parted/day=2022-06-19/n=2",
        "parted/day=2022-06-19/n=__HIVE_DEFAULT_PARTITION__",
    }
    assert query.rows("SELECT * FROM parted ORDER BY v") == [
        "v|day|n",
        "a|2022-06-18|1",
        "b|2022-06-19|2",
        "c|2022-06-19|",
    ]
    everything = query.done("SELECT v FROM parted")["Statistics"]["DataScannedInBytes"]
    one = query.done("SELECT v FROM parted WHERE day = DATE '2022-06-18' AND v > ''")["Statistics"]
    assert 0 < one["DataScannedInBytes"] < everything
    assert query.rows("SELECT v, n + 1 FROM parted p WHERE p.n = 2") == ["v|_col1", "b|3"]
    assert query.rows("SELECT count(*) FROM parted WHERE day IN (DATE '2022-06-19')") == ["_col0", "2"]


def test_rows_are_inserted_and_counted(query):
    query.done("CREATE TABLE grown AS SELECT 1 AS a, 'x' AS b")
    execution = query.done("INSERT INTO grown VALUES (2, 'y'), (3, NULL)")
    assert execution["SubstatementType"] == "INSERT"
    answer = query.client.get_query_results(QueryExecutionId=execution["QueryExecutionId"])
    assert answer["UpdateCount"] == 2
    query.done("INSERT INTO grown (b) SELECT b || '!' FROM grown WHERE a = 2")
    assert query.rows("SELECT * FROM grown ORDER BY a") == ["a|b", "1|x", "2|y", "3|", "|y!"]
    assert "TYPE_MISMATCH" in query.reason("INSERT INTO grown VALUES ('2', 'y')")
    assert "TABLE_NOT_FOUND" in query.reason("INSERT INTO never VALUES (1)")


def test_rows_are_inserted_into_partitions(query):
    query.done("CREATE TABLE days WITH (partitioned_by = ARRAY['d']) AS SELECT 1 AS a, 'x' AS d")
    query.done("INSERT INTO days VALUES (2, 'x'), (3, 'y z')")
    assert query.rows("SELECT a, d FROM days ORDER BY a") == ["a|d", "1|x", "2|x", "3|y z"]


def test_text_is_written_and_read_by_its_delimiter(query, aws):
    query.done(
        f"CREATE TABLE lines WITH (format = 'TEXTFILE', field_delimiter = ',', write_compression = 'NONE', "
        f"external_location = 's3://{BUCKET}/lines/') AS "
        "SELECT * FROM (VALUES (1, 'a', 1.5e0), (NULL, '', NULL)) AS t (n, s, x)"
    )
    (key,) = keys(aws, "lines/")
    assert aws("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"1,a,1.5\n\\N,,\\N\n"
    assert query.rows("SELECT n, s, x, s IS NULL FROM lines ORDER BY n") == [
        "n|s|x|_col3",
        "1|a|1.5|false",
        "|||false",
    ]


def test_an_empty_line_of_text_is_a_row(query):
    query.done("CREATE TABLE single WITH (format = 'TEXTFILE') AS SELECT * FROM (VALUES '', 'a', NULL) AS t (s)")
    assert query.rows("SELECT count(*), count(s), max(s) FROM single") == ["_col0|_col1|_col2", "3|2|a"]


def test_unload_writes_where_nothing_is(query, aws):
    statement = f"UNLOAD (SELECT 1 AS a, ARRAY['x'] AS b) TO 's3://{BUCKET}/out/' WITH (format = 'JSON')"
    assert query.done(statement)["SubstatementType"] == "UNLOAD"
    (key,) = keys(aws, "out/")
    body = gzip.decompress(aws("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
    assert json.loads(body) == {"a": 1, "b": ["x"]}
    assert query.reason(statement).startswith("HIVE_PATH_ALREADY_EXISTS")


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("CREATE TABLE bad AS SELECT 1", "MISSING_COLUMN_NAME"),
        ("CREATE TABLE bad AS SELECT 1 AS a, 2 AS A", "DUPLICATE_COLUMN_NAME"),
        ("CREATE TABLE bad AS SELECT NULL AS a", "COLUMN_TYPE_UNKNOWN"),
        ("CREATE TABLE bad WITH (format = 'ORC') AS SELECT 1 AS a", "NOT_SUPPORTED"),
        ("CREATE TABLE bad WITH (bucketed_by = ARRAY['a'], bucket_count = 2) AS SELECT 1 AS a", "NOT_SUPPORTED"),
        ("CREATE TABLE bad WITH (colour = 'red') AS SELECT 1 AS a", "INVALID_TABLE_PROPERTY"),
        ("CREATE TABLE bad WITH (partitioned_by = ARRAY['a']) AS SELECT 1 AS a, 2 AS b", "HIVE_COLUMN_ORDER_MISMATCH"),
        (
            "CREATE TABLE bad WITH (partitioned_by = ARRAY['b']) AS SELECT 1 AS a, n AS b "
            "FROM UNNEST(sequence(1, 101)) AS t (n)",
            "HIVE_TOO_MANY_OPEN_PARTITIONS",
        ),
        ("CREATE TABLE nowhere.bad AS SELECT 1 AS a", "SCHEMA_NOT_FOUND"),
    ],
)
def test_what_cannot_be_written_is_refused(query, aws, sql, reason):
    assert query.reason(sql).startswith(reason)
    tables = [table["Name"] for table in aws("glue").get_tables(DatabaseName="made")["TableList"]]
    assert "bad" not in tables


def test_a_column_of_nulls_alone_is_inserted_as_any_type(query):
    query.done("CREATE TABLE typed AS SELECT DATE '2022-06-18' AS d, ARRAY[1] AS a, 'x' AS s")
    query.done("INSERT INTO typed VALUES (NULL, NULL, 'y'), (NULL, NULL, NULL)")
    query.done("INSERT INTO typed (a) VALUES NULL")
    assert sorted(query.rows("SELECT * FROM typed")[1:]) == ["2022-06-18|[1]|x", "||", "||", "||y"]

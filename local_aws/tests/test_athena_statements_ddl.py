"""Views, partitions and ALTER TABLE, through boto3."""

import base64
import json

import pytest
from athena_query import Query

BUCKET = "athena-statements-ddl"
OUTPUT = f"s3://{BUCKET}/results/"
TABLE = f"""CREATE EXTERNAL TABLE events (`user` string, x double) PARTITIONED BY (day string, n int)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://{BUCKET}/events/'"""


@pytest.fixture(scope="module")
def query(aws):
    s3 = aws("s3")
    s3.create_bucket(Bucket=BUCKET)
    for place, user in {"day=a/n=1": "u1", "day=a/n=2": "u2", "day=b%20c/n=1": "u3"}.items():
        body = json.dumps({"user": user, "x": 1.5, "late": 7}).encode() + b"\n"
        s3.put_object(Bucket=BUCKET, Key=f"events/{place}/part.json", Body=body)
    made = Query(aws("athena"), OUTPUT, "ddl")
    made.done("CREATE DATABASE ddl")
    made.done(TABLE)
    return made


def test_partitions_are_found_added_dropped_and_shown(query):
    assert query.rows("SELECT * FROM events") == ["user|x|day|n"]
    found = query.rows("MSCK REPAIR TABLE events")
    assert found[1:] == [
        "Repair: Added partition to metastore events:day=a/n=1",
        "Repair: Added partition to metastore events:day=a/n=2",
        "Repair: Added partition to metastore events:day=b c/n=1",
    ]
    assert query.rows("SELECT user, day, n FROM events ORDER BY user") == [
        "user|day|n",
        "u1|a|1",
        "u2|a|2",
        "u3|b c|1",
    ]
    query.done("ALTER TABLE events DROP PARTITION (day = 'a', n = 2), PARTITION (day = 'b c', n = 1)")
    assert query.rows("SHOW PARTITIONS events") == ["day=a/n=1"]
    query.done(f"ALTER TABLE ddl.events ADD PARTITION (day='z', n=9) LOCATION 's3://{BUCKET}/events/day=a/n=2/'")
    assert query.rows('SELECT user, day, n, "$path" FROM events WHERE n > 5') == [
        "user|day|n|$path",
        f"u2|z|9|s3://{BUCKET}/events/day=a/n=2/part.json",
    ]
    assert "AlreadyExistsException" in query.reason("ALTER TABLE events ADD PARTITION (day='z', n=9)")
    query.done("ALTER TABLE events ADD IF NOT EXISTS PARTITION (day='z', n=9)")
    query.done("ALTER TABLE events DROP IF EXISTS PARTITION (day='never', n=9)")


def test_a_partition_value_that_is_none_of_its_type_fails_the_query(query):
    query.done(
        f"CREATE EXTERNAL TABLE odd (x int) PARTITIONED BY (n int) STORED AS PARQUET LOCATION 's3://{BUCKET}/odd/'"
    )
    query.done("INSERT INTO odd VALUES (1, 2)")
    query.done(f"ALTER TABLE odd ADD PARTITION (n = 'two') LOCATION 's3://{BUCKET}/odd/n=2/'")
    assert "that share a location" in query.reason("SELECT n FROM odd")
    query.done("ALTER TABLE odd DROP PARTITION (n = 2)")
    assert query.reason("SELECT n FROM odd").startswith("HIVE_INVALID_PARTITION_VALUE")


def test_a_table_without_partitions_has_none_to_show(query):
    query.done("CREATE TABLE whole AS SELECT 1 AS a")
    assert "is not a partitioned table" in query.reason("SHOW PARTITIONS whole")


def test_columns_and_properties_change(query):
    query.done(TABLE.replace("TABLE events", "TABLE changing").replace("PARTITIONED BY (day string, n int)", ""))
    query.done("ALTER TABLE changing ADD COLUMNS (late int COMMENT 'added', m map<string,int>)")
    assert query.rows("SELECT late FROM changing LIMIT 1") == ["late", "7"]
    assert "Duplicate column name" in query.reason("ALTER TABLE changing ADD COLUMNS (late int)")
    query.done("ALTER TABLE changing REPLACE COLUMNS (user string)")
    assert [row.strip() for row in query.rows("SHOW COLUMNS IN changing")] == ["user"]
    query.done("ALTER TABLE changing SET TBLPROPERTIES ('note' = 'a, b', 'k' = 'v')")
    assert query.rows("SHOW TBLPROPERTIES changing('note')") == ["a, b"]
    query.done(f"ALTER TABLE changing SET LOCATION 's3://{BUCKET}/nothing/'")
    assert query.rows("SELECT * FROM changing") == ["user"]


def test_a_view_is_a_query_by_name(query, aws):
    query.done("CREATE TABLE base AS SELECT * FROM (VALUES (1, 'x'), (2, 'y')) AS t (a, b)")
    query.done("CREATE VIEW seen AS SELECT a AS n, upper(b) AS c FROM base")
    query.done("CREATE OR REPLACE VIEW above AS SELECT n * 2 AS twice, c FROM ddl.seen WHERE n > 1")
    assert query.rows("SELECT * FROM above") == ["twice|c", "4|Y"]
    elsewhere = {"QueryExecutionContext": {"Database": "default"}}
    assert query.rows("SELECT v.c FROM ddl.seen v JOIN ddl.base b ON v.n = b.a ORDER BY 1", **elsewhere) == [
        "c",
        "X",
        "Y",
    ]
    entry = aws("glue").get_table(DatabaseName="ddl", Name="seen")["Table"]
    assert entry["TableType"] == "VIRTUAL_VIEW"
    text = entry["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
    document = json.loads(base64.b64decode(text))
    assert document["schema"] == "ddl"
    assert [column["name"] for column in document["columns"]] == ["n", "c"]
    assert query.rows("SHOW VIEWS") == ["above", "seen"]
    assert query.rows("SHOW CREATE VIEW seen")[0].startswith("CREATE VIEW")
    assert "is a view" in query.reason("SHOW CREATE TABLE seen")
    assert [row.split() for row in query.rows("DESCRIBE seen")] == [["n", "int"], ["c", "string"]]
    assert "TABLE_ALREADY_EXISTS" in query.reason("CREATE VIEW seen AS SELECT 1 AS a")
    query.done("DROP VIEW above")
    query.done("DROP VIEW IF EXISTS above")
    assert "TABLE_NOT_FOUND" in query.reason("SELECT * FROM above")


def test_a_view_on_itself_is_refused(query):
    query.done("CREATE VIEW ring AS SELECT 1 AS a")
    query.done("CREATE VIEW around AS SELECT a FROM ring")
    query.done("CREATE OR REPLACE VIEW ring AS SELECT a FROM around")
    assert query.reason("SELECT * FROM ring").startswith("VIEW_IS_RECURSIVE")


def test_information_schema_lists_the_catalog(query):
    query.done("CREATE TABLE listed AS SELECT 1 AS a, 'x' AS b, ARRAY[1e0] AS c")
    query.done("CREATE VIEW listed_view AS SELECT a FROM listed")
    found = query.rows(
        "SELECT table_name, table_type FROM information_schema.tables "
        "WHERE table_schema = 'ddl' AND table_name LIKE 'listed%' ORDER BY 1"
    )
    assert found == ["table_name|table_type", "listed|BASE TABLE", "listed_view|VIEW"]
    found = query.rows(
        "SELECT column_name, ordinal_position, data_type FROM awsdatacatalog.information_schema.columns c "
        "WHERE c.table_schema = 'ddl' AND c.table_name = 'listed' ORDER BY 2"
    )
    assert found[1:] == ["a|1|integer", "b|2|varchar", "c|3|array(double)"]
    assert "ddl" in query.rows("SELECT schema_name FROM information_schema.schemata")
    assert "TABLE_NOT_FOUND" in query.reason("SELECT * FROM information_schema.nothing")

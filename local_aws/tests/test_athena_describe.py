"""SHOW, DESCRIBE and EXPLAIN in their forms, TABLESAMPLE and hidden columns, through boto3."""

import json

import pytest
from athena_query import Query

BUCKET = "athena-describe"
OUTPUT = f"s3://{BUCKET}/results/"


@pytest.fixture(scope="module")
def query(aws):
    aws("s3").create_bucket(Bucket=BUCKET)
    made = Query(aws("athena"), OUTPUT, "shown")
    made.done("CREATE DATABASE shown COMMENT 'for tests' WITH DBPROPERTIES ('owner' = 'us')")
    made.done(
        f"CREATE TABLE parted WITH (external_location = 's3://{BUCKET}/parted/', partitioned_by = ARRAY['d']) AS "
        "SELECT * FROM (VALUES (1, 'a', 0), (2, 'b', 1), (3, 'c', 1)) AS t (n, name, d)"
    )
    made.done(
        "CREATE EXTERNAL TABLE nested (s struct<a:int,b:array<string>> COMMENT 'of s', m map<string,decimal(5,2)>) "
        f"STORED AS PARQUET LOCATION 's3://{BUCKET}/nested/'"
    )
    made.done("CREATE VIEW seen AS SELECT n FROM parted")
    return made


def stripped(rows):
    return ["|".join(part.strip() for part in row.split("\t")) for row in rows]


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SHOW DATABASES LIKE '.*how*'", ["shown"]),
        ("SHOW SCHEMAS FROM awsdatacatalog LIKE 'sho*'", ["shown"]),
        ("SHOW TABLES IN shown 'nest*|.*ted'", ["nested", "parted"]),
        ('SHOW TABLES IN "AwsDataCatalog"."shown"', ["nested", "parted", "seen"]),
        ("SHOW VIEWS LIKE 's.*n'", ["seen"]),
        ("SHOW COLUMNS FROM parted IN shown", ["n", "name", "d"]),
        ("DESCRIBE parted d", ["d|int|"]),
        ("DESCRIBE nested s", ["s|struct<a:int,b:array<string>>|of s"]),
        ("DESCRIBE nested s.b.'$elem$'", ["$elem$|string|from deserializer"]),
        ("DESCRIBE nested m.'$value$'", ["$value$|decimal(5,2)|from deserializer"]),
        ("DESCRIBE FORMATTED parted n", ["# col_name|data_type|comment", "||", "n|int|"]),
        (
            "DESCRIBE shown.parted PARTITION (d = 1)",
            ["n|int|", "name|string|", "d|int|", "||", "# Partition Information||", "# col_name|data_type|comment"]
            + ["||", "d|int|"],
        ),
        (
            "SELECT table_name, view_definition FROM information_schema.views WHERE table_schema = 'shown'",
            ["seen|SELECT n FROM parted"],
        ),
    ],
)
def test_it_lists(query, sql, rows):
    found = stripped(query.rows(sql))
    assert (found[1:] if sql.startswith("SELECT") else found) == rows


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("DESCRIBE TABLE parted", "Table not found shown.table"),
        ("DESCRIBE parted PARTITION (d = 9)", "Partition not found"),
        ("DESCRIBE parted nothing", "Invalid column reference nothing"),
        ("DESCRIBE nested s.c", "Invalid column reference c"),
        ("DESCRIBE nested m.'$elem$'", "Invalid column reference $elem$"),
        ("ALTER DATABASE nowhere SET DBPROPERTIES ('a' = 'b')", "Database does not exist: nowhere"),
        ("ALTER TABLE parted CHANGE n name int", "Duplicate column name: name"),
        ("ALTER TABLE parted CHANGE other name int", "Invalid column reference other"),
        ("ALTER TABLE parted PARTITION (d = 9) RENAME TO PARTITION (d = 8)", "Partition not found"),
        ("EXPLAIN SELECT\nnothing FROM parted", "line 2:1: Column 'nothing' cannot be resolved"),
        ("SELECT 1 FROM parted TABLESAMPLE BERNOULLI (100.5)", "less than or equal to 100"),
        ('SELECT * FROM parted a, (SELECT "$path" FROM parted) b', 'together with "$path"'),
        ('SELECT "$partition" FROM nested', "Column '$partition' cannot be resolved"),
    ],
)
def test_it_fails(query, sql, reason):
    assert reason in query.reason(sql)


def test_formatted_tells_where_and_how_a_table_and_a_partition_are_stored(query):
    table = stripped(query.rows("DESCRIBE FORMATTED parted"))
    assert {f"Location:|s3://{BUCKET}/parted/|", "Table Type:|EXTERNAL_TABLE|", "|parquet.compression|GZIP"} <= {*table}
    partition = stripped(query.rows("DESCRIBE FORMATTED parted PARTITION (d = 1)"))
    assert {"Partition Value:|[1]|", f"Location:|s3://{BUCKET}/parted/d=1|"} <= {*partition}
    (line,) = [row for row in query.rows("DESCRIBE EXTENDED parted") if row.startswith("Detailed Table")]
    assert "tableName:parted, dbName:shown, owner:, createTime:" in line
    assert f"location:s3://{BUCKET}/parted/" in line


def test_columns_and_partitions_are_changed(query, aws):
    query.done("CREATE TABLE changing WITH (partitioned_by = ARRAY['d']) AS SELECT 1 AS a, 2 AS b, 3 AS d")
    query.done("ALTER TABLE changing CHANGE COLUMN b b2 bigint COMMENT 'was b' FIRST")
    query.done("ALTER TABLE changing CHANGE a a string AFTER b2")
    assert stripped(query.rows("DESCRIBE changing"))[:2] == ["b2|bigint|was b", "a|string|"]
    query.done("ALTER TABLE changing PARTITION (d = 3) RENAME TO PARTITION (d = 4)")
    assert query.rows("SELECT d FROM changing") == ["d", "4"]
    query.done(f"ALTER TABLE changing PARTITION (d = 4) SET LOCATION 's3://{BUCKET}/nothing/'")
    assert query.rows("SELECT d FROM changing") == ["d"]
    query.done("ALTER DATABASE shown SET DBPROPERTIES ('more' = 'x')")
    database = aws("glue").get_database(Name="shown")["Database"]
    assert (database["Description"], database["Parameters"]) == ("for tests", {"owner": "us", "more": "x"})


def test_a_view_keeps_its_comment(query):
    query.done("CREATE VIEW told COMMENT 'it''s one' AS SELECT 1 AS a")
    assert query.rows("SHOW CREATE VIEW told") == [
        'CREATE VIEW "shown"."told" COMMENT',
        "'it''s one' AS",
        "SELECT 1 AS a",
    ]
    query.done("DROP VIEW told")


@pytest.mark.parametrize(
    ("form", "serde"),
    [
        ("ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' LINES TERMINATED BY '\\n' STORED AS TEXTFILE", "\t"),
        (
            "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' "
            "WITH SERDEPROPERTIES ('field.delim' = '|')",
            "|",
        ),
        ("", "\x01"),
    ],
)
def test_a_table_of_delimited_text_is_made_written_and_read(query, aws, form, serde):
    place = f"text{ord(serde)}"
    query.done(f"CREATE EXTERNAL TABLE {place} (a string, b int) {form} LOCATION 's3://{BUCKET}/{place}/'")
    aws("s3").put_object(Bucket=BUCKET, Key=f"{place}/x.txt", Body=f"x{serde}1\n".encode())
    query.done(f"INSERT INTO {place} VALUES (NULL, 2)")  # of no type, where DuckDB has an integer
    assert query.rows(f"SELECT * FROM {place} ORDER BY b") == ["a|b", "x|1", "|2"]


def test_a_table_whose_files_have_headers_is_not_written(query):
    query.done(
        f"CREATE EXTERNAL TABLE headed (a string) LOCATION 's3://{BUCKET}/headed/' "
        "TBLPROPERTIES ('skip.header.line.count' = '1')"
    )
    assert query.reason("INSERT INTO headed VALUES ('x')").startswith("NOT_SUPPORTED")


def test_hidden_columns_stand_in_no_star(query, aws):
    ((only,),) = [
        [entry for entry in aws("s3").list_objects_v2(Bucket=BUCKET, Prefix="parted/d=0/")["Contents"] if entry["Size"]]
    ]
    wanted = f"1|a|0|s3://{BUCKET}/{only['Key']}|d=0|{only['Size']}|{only['LastModified']:%Y-%m-%d %H:%M:%S}.000 UTC"
    hidden = '"$path", "$partition", "$file_size", "$file_modified_time"'
    assert query.rows(f"SELECT *, {hidden} FROM parted WHERE d = 0")[1:] == [wanted]
    assert query.rows(f"SELECT p.*, {hidden} FROM parted AS p WHERE d = 0")[1:] == [wanted]
    within = f"WITH q AS (SELECT *, {hidden} FROM parted) SELECT * FROM q WHERE d = 0"
    assert query.rows(within)[1:] == [wanted]
    assert query.rows("SELECT count(*) FROM parted WHERE \"$path\" LIKE '%/d=1/%'")[1:] == ["2"]


@pytest.mark.parametrize(
    ("sample", "least", "most"),
    [("BERNOULLI (100)", 900, 900), ("SYSTEM (100)", 900, 900), ("BERNOULLI (0)", 0, 0), ("BERNOULLI (50)", 300, 600)],
)
def test_a_sample_takes_its_share(query, sample, least, most):
    query.done("CREATE TABLE IF NOT EXISTS many AS SELECT n FROM UNNEST(sequence(1, 900)) AS t (n)")
    query.done("CREATE OR REPLACE VIEW all_of_many AS SELECT * FROM many")
    for source in ("many", "many AS m", "(SELECT * FROM many) AS s", "all_of_many"):
        counted = int(query.rows(f"SELECT count(*) FROM {source} TABLESAMPLE {sample}")[1])
        assert least <= counted <= most


def test_explain_shows_the_plan_and_reads_nothing(query, aws):
    execution = query.done("EXPLAIN SELECT d, count(*) FROM parted WHERE n > 1 GROUP BY d")
    assert (execution["StatementType"], execution["SubstatementType"]) == ("UTILITY", "EXPLAIN")
    assert execution["Statistics"]["DataScannedInBytes"] == 0
    answer = aws("athena").get_query_results(QueryExecutionId=execution["QueryExecutionId"])["ResultSet"]
    assert [column["Name"] for column in answer["ResultSetMetadata"]["ColumnInfo"]] == ["Query Plan"]
    plan = "\n".join(row["Data"][0]["VarCharValue"] for row in answer["Rows"])
    assert plan.startswith("Fragment 0 [SINGLE]\n    - ")
    assert "count_star()" in plan
    assert "n>1" in plan
    assert "/" not in plan


def test_explain_has_its_options(query):
    nested = json.loads("\n".join(query.rows("EXPLAIN (TYPE LOGICAL, FORMAT JSON) SELECT max(n) FROM parted")))
    assert {"name", "descriptor", "estimates", "children"} == set(nested)
    assert query.rows("EXPLAIN (TYPE VALIDATE) SELECT max(n) FROM parted") == ["true"]
    execution = query.done("EXPLAIN ANALYZE SELECT n FROM parted WHERE d = 1")
    assert execution["Statistics"]["DataScannedInBytes"] > 0
    assert any(
        "Output: 2 rows" in row for row in query.rows("EXPLAIN ANALYZE VERBOSE SELECT n FROM parted WHERE d = 1")
    )


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("EXPLAIN (TYPE IO, FORMAT JSON) SELECT 1", "NOT_SUPPORTED.*TYPE IO"),
        ("EXPLAIN (FORMAT GRAPHVIZ) SELECT 1", "NOT_SUPPORTED.*GRAPHVIZ"),
        ("EXPLAIN (FORMAT XML) SELECT 1", "mismatched input 'FORMAT XML'"),
        ("EXPLAIN ANALYZE (TYPE LOGICAL) SELECT 1", "mismatched input 'TYPE LOGICAL'"),
        ("EXPLAIN CREATE TABLE x AS SELECT 1 AS a", "NOT_SUPPORTED.*EXPLAIN of CREATE"),
    ],
)
def test_explain_refuses_by_name(query, sql, words):
    with pytest.raises(query.client.exceptions.InvalidRequestException, match=words):
        query.run(sql)


def test_many_files_of_text_and_a_long_line_are_read(query, aws):
    query.done(f"CREATE EXTERNAL TABLE lines (a string) LOCATION 's3://{BUCKET}/lines/'")
    for number in range(12):
        aws("s3").put_object(Bucket=BUCKET, Key=f"lines/{number}.txt", Body=b"short\n\n")
    aws("s3").put_object(Bucket=BUCKET, Key="lines/long.txt", Body=b"x" * 40_000_000 + b"\n")
    assert query.rows("SELECT length(a), count(*) FROM lines GROUP BY 1 ORDER BY 1")[1:] == [
        "0|12",
        "5|12",
        "40000000|1",
    ]

"""PyAthena's SQLAlchemy dialect, under pandas and by itself."""

import pandas as pd
import pytest
from athena_query import Query
from sqlalchemy import MetaData, Table, create_engine, func, inspect, select, text

BUCKET = "athena-sqlalchemy"
OUTPUT = f"s3://{BUCKET}/results/"


@pytest.fixture(scope="module")
def engine(aws, boto3_session):
    aws("s3").create_bucket(Bucket=BUCKET)
    query = Query(aws("athena"), OUTPUT, "alchemy")
    query.done("CREATE DATABASE alchemy")
    query.done(
        "CREATE TABLE things WITH (partitioned_by = ARRAY['d']) AS SELECT * FROM "
        "(VALUES (1, 'a', DECIMAL '1.50', 0), (2, NULL, NULL, 1), (3, 'c', DECIMAL '2.25', 1)) AS t (n, name, cost, d)"
    )
    query.done("CREATE VIEW seen AS SELECT n FROM things")
    url = f"awsathena+rest://:@athena.us-east-1.amazonaws.com:443/alchemy?s3_staging_dir={OUTPUT}&poll_interval=0.05"
    return create_engine(url, connect_args={"session": boto3_session})


@pytest.mark.parametrize(
    ("sql", "more", "numbers"),
    [
        ("SELECT n FROM things WHERE n > 1 ORDER BY n", {}, [2, 3]),
        (text("SELECT n FROM things WHERE name = :name"), {"params": {"name": "c"}}, [3]),
        ("SELECT n FROM things WHERE name = %(name)s", {"params": {"name": "a"}}, [1]),
    ],
)
def test_pandas_reads_a_query(engine, sql, more, numbers):
    assert pd.read_sql(sql, engine, **more)["n"].tolist() == numbers


def test_pandas_reads_a_table_and_chunks(engine):
    frame = pd.read_sql_table("things", engine).sort_values("n")
    assert frame.columns.tolist() == ["n", "name", "cost", "d"]
    assert [str(cost) for cost in frame["cost"]] == ["1.5", "nan", "2.25"]
    assert [len(part) for part in pd.read_sql("SELECT n FROM things", engine, chunksize=2)] == [2, 1]
    assert sorted(pd.read_sql("things", engine, columns=["d"])["d"]) == [0, 1, 1]


def test_inspect_tells_what_there_is(engine):
    found = inspect(engine)
    assert "alchemy" in found.get_schema_names()
    assert found.get_table_names() == ["things"]
    assert found.get_view_names() == ["seen"]
    assert "SELECT n FROM things" in found.get_view_definition("seen")
    assert {column["name"]: str(column["type"]) for column in found.get_columns("things")} == {
        "n": "INTEGER",
        "name": "VARCHAR",
        "cost": "DECIMAL(3, 2)",
        "d": "INTEGER",
    }
    assert (found.has_table("things"), found.has_table("nothing")) == (True, False)


def test_expressions_are_compiled_and_run(engine):
    things = Table("things", MetaData(), autoload_with=engine)
    counted = select(things.c.d, func.count(), func.max(things.c.cost)).group_by(things.c.d).order_by(things.c.d)
    with engine.connect() as connection:
        rows = connection.execute(counted.where(things.c.n < 3)).fetchall()
    assert [(d, count, cost and str(cost)) for d, count, cost in rows] == [(0, 1, "1.50"), (1, 1, None)]

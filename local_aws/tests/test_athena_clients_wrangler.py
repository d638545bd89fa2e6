"""awswrangler over the local Athena, with its defaults and its other ways of reading."""

import boto3
import botocore.session
import pytest

wr = pytest.importorskip("awswrangler")
pd = pytest.importorskip("pandas")

OUTPUT = "s3://wrangler-tests/athena/"
PLACE = {"database": "wrangler_tests", "s3_output": OUTPUT}


@pytest.fixture(scope="module")
def session(endpoint):
    environment = endpoint.environment()
    core = botocore.session.Session(profile=environment["AWS_PROFILE"])
    core.set_config_variable("config_file", environment["AWS_CONFIG_FILE"])
    core.set_config_variable("credentials_file", environment["AWS_SHARED_CREDENTIALS_FILE"])
    opened = boto3.Session(botocore_session=core)
    opened.client("s3").create_bucket(Bucket="wrangler-tests")
    opened.client("glue").create_database(DatabaseInput={"Name": "wrangler_tests"})
    frame = pd.DataFrame({"user": ["a", "b", "c"], "x": [1.5, None, 3.0], "n": [1, 2, 3]})
    wr.s3.to_parquet(
        frame,
        path="s3://wrangler-tests/readings/",
        dataset=True,
        database="wrangler_tests",
        table="readings",
        boto3_session=opened,
    )
    return opened


@pytest.mark.parametrize("way", [{}, {"ctas_approach": False}, {"ctas_approach": False, "unload_approach": True}])
def test_a_query_is_read_in_each_of_the_three_ways(session, way):
    if way.get("unload_approach"):
        way = {**way, "s3_output": "s3://wrangler-tests/unloaded/"}
    frame = wr.athena.read_sql_query(
        "select user, x, n, count(*) over () as total from readings order by n",
        **{**PLACE, **way},
        boto3_session=session,
    )
    assert list(frame["user"]) == ["a", "b", "c"]
    assert frame["x"].isna().tolist() == [False, True, False]
    assert list(frame["total"]) == [3, 3, 3]


def test_the_temporary_table_of_the_default_way_is_gone(session):
    wr.athena.read_sql_query("select n from readings", **PLACE, keep_files=False, boto3_session=session)
    tables = session.client("glue").get_tables(DatabaseName="wrangler_tests")["TableList"]
    assert [table["Name"] for table in tables if table["Name"].startswith("temp_table_")] == []


def test_an_answer_without_rows_keeps_its_columns(session):
    frame = wr.athena.read_sql_query("select user, n from readings where n > 9", **PLACE, boto3_session=session)
    assert list(frame.columns) == ["user", "n"]
    assert frame.empty


def test_chunks_and_parameters(session):
    chunks = wr.athena.read_sql_query(
        "select n from readings where n >= :least order by n",
        params={"least": 2},
        chunksize=1,
        **PLACE,
        boto3_session=session,
    )
    assert [int(n) for chunk in chunks for n in chunk["n"]] == [2, 3]


def test_a_table_of_its_own_by_ctas(session):
    made = wr.athena.create_ctas_table(
        "select user, n from readings", ctas_table="kept", wait=True, **PLACE, boto3_session=session
    )
    assert made["ctas_table"] == "kept"
    assert wr.catalog.get_table_types("wrangler_tests", "kept", boto3_session=session) == {
        "user": "string",
        "n": "bigint",
    }
    frame = wr.athena.read_sql_table("kept", **PLACE, boto3_session=session)
    assert sorted(frame["n"]) == [1, 2, 3]
    with pytest.raises(Exception, match="TABLE_ALREADY_EXISTS"):
        wr.athena.create_ctas_table("select 1 as n", ctas_table="kept", wait=True, **PLACE, boto3_session=session)

"""What is kept of queries: history, reused results, saved queries; and queries that are many, long or stopped."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from athena_query import Query
from botocore.exceptions import ClientError

from local_aws import lock
from local_aws.athena.queries import history
from local_aws.athena.queries.history import INTERRUPTED, History
from local_aws.lake import open_lake
from local_aws.lifecycle import start, stop

BUCKET = "athena-history"
OUTPUT = f"s3://{BUCKET}/results/"
FOREVER = "SELECT count(*) FROM UNNEST(sequence(1, 1000)) a (x) CROSS JOIN UNNEST(sequence(1, 1000)) b (y) "
FOREVER += "CROSS JOIN UNNEST(sequence(1, 1000)) c (z) WHERE x * y * z % 7 = 3"


@pytest.fixture(scope="module")
def query(aws):
    aws("s3").create_bucket(Bucket=BUCKET)
    made = Query(aws("athena"), OUTPUT, "kept")
    made.done("CREATE DATABASE kept")
    made.done("CREATE TABLE counted AS SELECT 1 AS a")
    return made


@pytest.fixture
def lake(tmp_path):
    yield tmp_path / "lake"
    stop(tmp_path / "lake")


def opened(endpoint, client_for):
    return Query(client_for(endpoint, "athena"), OUTPUT, "default")


def ids(client, **more):
    pages = client.get_paginator("list_query_executions").paginate(**more)
    return [name for page in pages for name in page["QueryExecutionIds"]]


def reuse(**age):
    return {"ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": True, **age}}}


def reused(execution):
    return execution["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"]


def test_a_killed_endpoint_knows_its_queries_and_failed_what_ran(lake, client_for):
    endpoint = start(lake)
    client_for(endpoint, "s3").create_bucket(Bucket=BUCKET)
    query = opened(endpoint, client_for)
    done = query.done("SELECT 'x' AS a, 1.50 AS b")
    listed, failed = query.done("SHOW DATABASES"), query.run("SELECT * FROM nothing")
    left = query.client.start_query_execution(
        QueryString=FOREVER, ResultConfiguration={"OutputLocation": OUTPUT}, ClientRequestToken="t" * 32
    )["QueryExecutionId"]
    while query.client.get_query_execution(QueryExecutionId=left)["QueryExecution"]["Status"]["State"] == "QUEUED":
        pass
    os.kill(endpoint.pid, signal.SIGKILL)
    while lock.holder(endpoint.lake) is not None:
        pass
    query = opened(start(lake), client_for)
    assert ids(query.client) == [left, *(one["QueryExecutionId"] for one in (failed, listed, done))]
    for before in (done, failed, listed):
        again = query.client.get_query_execution(QueryExecutionId=before["QueryExecutionId"])["QueryExecution"]
        assert again == before
    answer = query.client.get_query_results(QueryExecutionId=done["QueryExecutionId"])["ResultSet"]
    assert [column["Type"] for column in answer["ResultSetMetadata"]["ColumnInfo"]] == ["varchar", "decimal"]
    assert [datum["VarCharValue"] for datum in answer["Rows"][1]["Data"]] == ["x", "1.50"]
    status = query.client.get_query_execution(QueryExecutionId=left)["QueryExecution"]["Status"]
    assert (status["State"], status["StateChangeReason"]) == ("FAILED", INTERRUPTED)
    with pytest.raises(ClientError, match="did not finish successfully"):
        query.client.get_query_results(QueryExecutionId=left)
    assert not list(open_lake(lake).state.glob("athena-*/"))
    again = query.client.start_query_execution(
        QueryString=FOREVER, ResultConfiguration={"OutputLocation": OUTPUT}, ClientRequestToken="t" * 32
    )
    assert again["QueryExecutionId"] == left


def test_nothing_is_left_of_a_result_that_was_half_written_when_the_endpoint_was_killed(lake, client_for):
    endpoint = start(lake)
    client_for(endpoint, "s3").create_bucket(Bucket=BUCKET)
    long = "SELECT a, b FROM UNNEST(sequence(1, 10000)) AS s (a) CROSS JOIN UNNEST(sequence(1, 10000)) AS t (b)"
    where = {"OutputLocation": OUTPUT}
    client_for(endpoint, "athena").start_query_execution(QueryString=long, ResultConfiguration=where)
    while not any(path.stat().st_size for path in endpoint.lake.state.rglob("*.csv")):
        pass
    os.kill(endpoint.pid, signal.SIGKILL)
    while lock.holder(endpoint.lake) is not None:
        pass
    start(lake)
    assert not list(endpoint.lake.root.rglob("*.csv"))


def test_a_query_is_forgotten_after_45_days(tmp_path, monkeypatch):
    kept = History(open_lake(tmp_path / "lake"))
    record = {"identifier": "one", "workgroup": "primary", "submitted": time.time(), "completed": time.time()}
    kept.add(record, None, {})
    kept.end(record, None)
    assert kept.get("one") == record
    now = time.time()
    monkeypatch.setattr(history.time, "time", lambda: now + 45 * 24 * 3600 + 1)
    assert kept.get("one") is None
    assert kept.page("primary", None, 50) == ([], None)


def test_queries_are_listed_by_workgroup_in_pages(query):
    query.client.create_work_group(Name="listed", Configuration={"EnforceWorkGroupConfiguration": False})
    made = [query.done(f"SELECT {n}", WorkGroup="listed")["QueryExecutionId"] for n in range(5)]
    first = query.client.list_query_executions(WorkGroup="listed", MaxResults=2)
    query.done("SELECT 5", WorkGroup="listed")  # what is new moves no page
    second = query.client.list_query_executions(WorkGroup="listed", MaxResults=2, NextToken=first["NextToken"])
    assert first["QueryExecutionIds"] + second["QueryExecutionIds"] == made[:0:-1]
    assert ids(query.client, WorkGroup="listed")[1:] == made[::-1]
    for wrong in ({"MaxResults": 51}, {"NextToken": "nothing"}):
        with pytest.raises(ClientError, match="InvalidRequestException|ValidationException"):
            query.client.list_query_executions(WorkGroup="listed", **wrong)


def test_a_result_is_given_again_where_that_is_asked(query, aws):
    sql = "SELECT count(*) AS n FROM counted"
    first = query.done(sql)
    query.done("INSERT INTO counted VALUES (2)")
    second = query.done(sql, **reuse(MaxAgeInMinutes=60))
    assert reused(second)
    assert second["QueryExecutionId"] != first["QueryExecutionId"]
    assert second["ResultConfiguration"] == first["ResultConfiguration"]
    assert second["Statistics"]["DataScannedInBytes"] == 0
    assert second["ResultReuseConfiguration"] == reuse(MaxAgeInMinutes=60)["ResultReuseConfiguration"]
    answer = query.client.get_query_results(QueryExecutionId=second["QueryExecutionId"])["ResultSet"]
    assert [row["Data"][0]["VarCharValue"] for row in answer["Rows"]] == ["n", "1"]
    assert query.rows(sql) == ["n", "2"]  # not asked: the query runs


@pytest.mark.parametrize(
    "other",
    [
        {"sql": "select count(*) AS n FROM counted -- other"},
        {"ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 0}}},
        {"ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}}},
        {"WorkGroup": "others"},
        {"ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/elsewhere/"}},
        {"QueryExecutionContext": {"Database": "default"}},
    ],
)
def test_what_is_asked_otherwise_is_asked_anew(query, other):
    if other == {"WorkGroup": "others"}:
        query.client.create_work_group(Name="others", Configuration={"EnforceWorkGroupConfiguration": False})
    sql = "SELECT count(*) AS n FROM kept.counted"
    query.done(sql)
    asked = {**reuse(), **other}
    assert not reused(query.done(asked.pop("sql", sql), **asked))


def test_a_prepared_statement_that_changed_is_asked_anew(query, aws):
    query.done("PREPARE again FROM SELECT ? AS a")
    query.done("EXECUTE again USING 1")
    assert reused(query.done("EXECUTE again USING 1", **reuse()))
    query.done("PREPARE again FROM SELECT ? + 1 AS a")
    assert query.rows("EXECUTE again USING 1", **reuse()) == ["a", "2"]
    query.done("DEALLOCATE PREPARE again")


def test_a_result_that_is_gone_is_made_anew_and_ddl_is_always_run(query, aws):
    first = query.done("SELECT 'gone' AS a")
    key = first["ResultConfiguration"]["OutputLocation"].removeprefix(f"s3://{BUCKET}/")
    aws("s3").delete_object(Bucket=BUCKET, Key=key)
    assert not reused(query.done("SELECT 'gone' AS a", **reuse()))
    query.done("SHOW TABLES")
    assert not reused(query.done("SHOW TABLES", **reuse()))
    with pytest.raises(ClientError, match="MaxAgeInMinutes"):
        query.run("SELECT 1", **reuse(MaxAgeInMinutes=10_081))


def test_saved_queries_are_kept(query):
    client = query.client
    made = client.create_named_query(Name="one", Database="kept", QueryString="SELECT 1", Description="first")
    place = {"NamedQueryId": made["NamedQueryId"]}
    assert client.get_named_query(**place)["NamedQuery"] == {
        "Name": "one",
        "Database": "kept",
        "QueryString": "SELECT 1",
        "Description": "first",
        "WorkGroup": "primary",
        **place,
    }
    client.update_named_query(**place, Name="two", QueryString="SELECT 2")
    answer = client.batch_get_named_query(NamedQueryIds=[made["NamedQueryId"], "nothing"])
    assert [one["QueryString"] for one in answer["NamedQueries"]] == ["SELECT 2"]
    assert [one["NamedQueryId"] for one in answer["UnprocessedNamedQueryIds"]] == ["nothing"]
    assert client.list_named_queries()["NamedQueryIds"] == [made["NamedQueryId"]]
    client.delete_named_query(**place)
    assert client.list_named_queries()["NamedQueryIds"] == []
    with pytest.raises(ClientError, match="was not found"):
        client.get_named_query(**place)


def test_a_cross_join_is_stopped_and_leaves_the_disk_as_it_was(query, endpoint):
    started = query.client.start_query_execution(QueryString=FOREVER, ResultConfiguration={"OutputLocation": OUTPUT})[
        "QueryExecutionId"
    ]
    while query.client.get_query_execution(QueryExecutionId=started)["QueryExecution"]["Status"]["State"] == "QUEUED":
        pass
    (scratch,) = endpoint.lake.state.glob("athena-*/")
    query.client.stop_query_execution(QueryExecutionId=started)
    status = query.client.get_query_execution(QueryExecutionId=started)["QueryExecution"]["Status"]
    assert status["State"] == "CANCELLED"
    assert sum(file.stat().st_size for file in scratch.rglob("*") if file.is_file()) < 1 << 20
    gone = threading.Event()
    while scratch.exists():  # DuckDB stops soon after; the test's own time limit says how soon
        gone.wait(0.05)
    assert query.rows("SELECT 1 AS a") == ["a", "1"]


def test_two_hundred_queries_at_once_all_end(query):
    def ask(number):
        return query.rows(f"SELECT {number} + a AS n FROM counted WHERE a = 1")[1]

    with ThreadPoolExecutor(40) as threads:
        assert list(threads.map(ask, range(200))) == [str(number + 1) for number in range(200)]

"""Athena through the clients that people use: boto3 and PyAthena, against the real endpoint."""

import threading
import time

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError
from pyathena import connect
from pyathena.cursor import DictCursor
from pyathena.error import OperationalError
from pyathena.pandas.cursor import PandasCursor

from local_aws.athena.queries.execution import Execution
from local_aws.athena.queries.executions import Executions
from local_aws.athena.statements import parse_statement
from local_aws.lake import open_lake
from local_aws.unkind import Unkind, write_unkind

OUTPUT = "s3://athena-tests/athena/"
READINGS = b"""{"user": "a@x.org", "timestamp": 1655564444103, "x": 1.0, "y": 0.5, "z": -1.0}
{"User": "b@x.org", "timestamp": "1655564444104", "x": "2.5", "y": null}
{"user": "c, \\"d\\"", "timestamp": 1655564376361.0, "x": 1e-9, "z": 12345678.0}
"""
TABLE = """CREATE EXTERNAL TABLE IF NOT EXISTS athena_tests.readings (
  `user` string, `timestamp` bigint COMMENT 'epoch ms', x double, y double, z double)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://athena-tests/readings/'"""


@pytest.fixture(scope="module")
def athena(aws):
    s3 = aws("s3")
    s3.create_bucket(Bucket="athena-tests")
    s3.put_object(Bucket="athena-tests", Key="readings/2022/a.json", Body=READINGS)
    s3.put_object(Bucket="athena-tests", Key="readings/2022/_b.json", Body=b"not json")
    client = aws("athena")
    for statement in ("CREATE DATABASE IF NOT EXISTS athena_tests", TABLE):
        assert run(client, statement)["Status"]["State"] == "SUCCEEDED"
    return client


def run(client, sql, **more):
    request = {"ResultConfiguration": {"OutputLocation": OUTPUT}, "QueryExecutionContext": {"Database": "athena_tests"}}
    identifier = client.start_query_execution(QueryString=sql, **{**request, **more})["QueryExecutionId"]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        execution = client.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]
        if execution["Status"]["State"] in {"SUCCEEDED", "FAILED", "CANCELLED"}:
            return execution
    raise AssertionError(f"{sql} did not end")


def rows(client, sql, **more):
    execution = run(client, sql, **more)
    assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
    answer = client.get_query_results(QueryExecutionId=execution["QueryExecutionId"])
    return [[datum.get("VarCharValue") for datum in row["Data"]] for row in answer["ResultSet"]["Rows"]]


@pytest.fixture
def connection(endpoint, athena):
    environment = endpoint.environment()
    session = botocore.session.Session(profile=environment["AWS_PROFILE"])
    session.set_config_variable("config_file", environment["AWS_CONFIG_FILE"])
    session.set_config_variable("credentials_file", environment["AWS_SHARED_CREDENTIALS_FILE"])
    with connect(
        session=boto3.Session(botocore_session=session), s3_staging_dir=OUTPUT, schema_name="athena_tests"
    ) as opened:
        yield opened


def test_reserved_words_are_columns_and_rows_are_text(athena):
    assert rows(athena, "select user, timestamp, y from readings order by user") == [
        ["user", "timestamp", "y"],
        ["a@x.org", "1655564444103", "0.5"],
        ["b@x.org", "1655564444104", None],
        ['c, "d"', "1655564376361", None],
    ]


def test_a_query_tells_bytes_and_types(athena):
    execution = run(athena, "select count(*), avg(x) as mean from readings")
    assert execution["Statistics"]["DataScannedInBytes"] == len(READINGS)
    assert execution["StatementType"] == "DML"
    answer = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"])
    columns = answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [(column["Name"], column["Type"]) for column in columns] == [("_col0", "bigint"), ("mean", "double")]


def test_the_result_file_is_athenas_csv(athena, aws):
    execution = run(athena, "select user, x, y, z from readings where user like 'c%'")
    bucket, _, key = execution["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
    body = aws("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert body == b'"user","x","y","z"\n"c, ""d""","1.0E-9",,"1.2345678E7"\n'


def test_pages_hold_the_header_once(athena):
    execution = run(athena, "select n from unnest(sequence(1, 2500)) as t(n) order by n")
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution["QueryExecutionId"])
    values = [row["Data"][0]["VarCharValue"] for page in pages for row in page["ResultSet"]["Rows"]]
    assert values == ["n", *map(str, range(1, 2501))]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        (
            "select * from nothing",
            "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.athena_tests.nothing' does not exist",
        ),
        ("select nope from readings", "COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved"),
        ("select 1 from nowhere.t", "SCHEMA_NOT_FOUND: line 1:15: Schema 'nowhere' does not exist"),
        ("select 1 / 0", "DIVISION_BY_ZERO: Division by zero"),
        ("select cast('x' as bigint)", "INVALID_CAST_ARGUMENT"),
        ("select user from readings where timestamp = 'x'", "TYPE_MISMATCH"),
        ("select list_sort(array[1])", "FUNCTION_NOT_FOUND: line 1:8: Function 'list_sort' not registered"),
        ("select read_text('/etc/hosts')", "FUNCTION_NOT_FOUND"),
    ],
)
def test_a_failed_query_says_why_in_athenas_words(athena, sql, reason):
    status = run(athena, sql)["Status"]
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"].startswith(reason)
    assert status["AthenaError"]["ErrorCategory"] == 2


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("selec 1", "line 1:1: mismatched input 'selec'"),
        ("select 1; select 2", "Only one sql statement is allowed"),
        ("merge into readings using t on true when matched then delete", "NOT_SUPPORTED"),
        ("vacuum readings", "NOT_SUPPORTED"),
        ("optimize readings rewrite data using bin_pack", "NOT_SUPPORTED"),
        ("select 1::int", "mismatched input"),
    ],
)
def test_a_malformed_or_unsupported_statement_is_refused_at_the_start(athena, sql, message):
    with pytest.raises(ClientError, match="InvalidRequestException") as refusal:
        run(athena, sql)
    assert message in str(refusal.value)


def test_no_output_location_is_refused(athena):
    with pytest.raises(ClientError, match="No output location provided"):
        athena.start_query_execution(QueryString="select 1")


def test_a_result_bucket_that_is_not_there_is_refused(athena):
    """PyAthena issue 67, "Unable to verify/create output bucket"; AWS re:Post has a page of that name."""
    with pytest.raises(ClientError) as refusal:
        run(athena, "select 1", ResultConfiguration={"OutputLocation": "s3://no-such-bucket-of-mine/athena/"})
    assert refusal.value.response["Error"]["Code"] == "InvalidRequestException"
    assert refusal.value.response["Error"]["Message"] == "Unable to verify/create output bucket no-such-bucket-of-mine"


def test_a_result_bucket_that_may_not_be_looked_at_is_refused(athena, endpoint):
    write_unkind(endpoint.lake, Unkind(deny=("s3:GetBucketLocation",)))
    try:
        with pytest.raises(ClientError, match="Unable to verify/create output bucket athena-tests"):
            run(athena, "select 1")
    finally:
        write_unkind(endpoint.lake, Unkind())


def test_an_unknown_execution_is_refused(athena):
    with pytest.raises(ClientError, match="QueryExecution 0-0 was not found"):
        athena.get_query_execution(QueryExecutionId="0-0")


def test_the_same_client_request_token_starts_one_query(athena):
    token = "t" * 32
    first, second = (run(athena, "select 1", ClientRequestToken=token) for _ in range(2))
    assert first["QueryExecutionId"] == second["QueryExecutionId"]


def test_execution_parameters_take_the_places_of_question_marks(athena):
    sql = "select user, '?' from readings where user = ? and x < ?"
    found = rows(athena, sql, ExecutionParameters=["'a@x.org'", "2"])
    assert found[1:] == [["a@x.org", "?"]]


def test_a_running_query_can_be_stopped(athena):
    numbers = "cross join unnest(sequence(1, 10000))"
    slow = f"select count(*) from (values 1) v(o) {numbers} a(x) {numbers} b(y) {numbers} c(z) where x * y % 7 = z"
    request = {"QueryString": slow, "ResultConfiguration": {"OutputLocation": OUTPUT}}
    identifier = athena.start_query_execution(**request)["QueryExecutionId"]
    assert athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]["Status"]["State"] == "RUNNING"
    athena.stop_query_execution(QueryExecutionId=identifier)
    state = athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]["Status"]["State"]
    assert state == "CANCELLED"


def test_queued_queries_can_be_stopped_and_no_worker_is_lost(athena):
    numbers = "cross join unnest(sequence(1, 10000))"
    slow = f"select count(*) from (values 1) v(o) {numbers} a(x) {numbers} b(y) {numbers} c(z) where x * y % 7 = z"
    request = {"QueryString": slow, "ResultConfiguration": {"OutputLocation": OUTPUT}}
    started = [athena.start_query_execution(**request)["QueryExecutionId"] for _ in range(5)]
    for identifier in reversed(started):
        athena.stop_query_execution(QueryExecutionId=identifier)
        status = athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"]["Status"]
        assert status["State"] == "CANCELLED"
        assert "CompletionDateTime" in status
    assert rows(athena, "select 1")[1:] == [["1"]]


def test_dates_of_any_year_come_through_the_api_and_the_file(athena, aws):
    dates = "date '0000-12-31', date_add('year', 9000, date '2020-02-29')"
    sql = f'select from_unixtime("timestamp"), {dates} from readings'
    execution = run(athena, f"{sql} order by 1 desc limit 1")
    assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
    answer = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"])["ResultSet"]["Rows"][1]
    found = [datum["VarCharValue"] for datum in answer["Data"]]
    assert found == ["+54432-09-30 12:15:04.000 UTC", "0000-12-31", "+11020-02-29"]
    bucket, _, key = execution["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").partition("/")
    body = aws("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    assert body.splitlines()[1] == ",".join(f'"{value}"' for value in found)


def test_whatever_a_worker_raises_ends_its_query(tmp_path, monkeypatch):
    lake = open_lake(tmp_path / "lake")
    executions = Executions(lake, None)
    for error in (KeyboardInterrupt(), RecursionError(), SystemExit(3), AttributeError("x"), UnicodeError()):

        def fail(*_, error=error):
            raise error

        monkeypatch.setattr(executions, "_execute", fail)
        execution = Execution("select 1", parse_statement("select 1", []), "d", "s3://b/", "primary", [])
        executions.start(execution, None, {})
        assert execution.done.wait(5)
        assert execution.state == "FAILED"
        assert execution.reason.startswith(f"GENERIC_INTERNAL_ERROR: {type(error).__name__}")


def test_a_worker_that_does_not_return_is_replaced(tmp_path, monkeypatch):
    executions, release = Executions(open_lake(tmp_path / "lake"), None), threading.Event()
    monkeypatch.setattr(executions, "_execute", lambda _: release.wait(30))
    stuck = [Execution("select 1", parse_statement("select 1", []), "d", "s3://b/", "primary", []) for _ in range(5)]
    for execution in stuck:
        executions.start(execution, None, {})
    for execution in stuck:
        while execution.state == "QUEUED":
            pass
        executions.stop(execution)
        assert execution.state == "CANCELLED"
    release.set()


def test_ddl_writes_the_table_that_athena_writes(athena, aws):
    table = aws("glue").get_table(DatabaseName="athena_tests", Name="readings")["Table"]
    assert table["TableType"] == "EXTERNAL_TABLE"
    assert table["Parameters"]["EXTERNAL"] == "TRUE"
    assert table["StorageDescriptor"]["Columns"][1] == {"Name": "timestamp", "Type": "bigint", "Comment": "epoch ms"}
    assert table["StorageDescriptor"]["InputFormat"] == "org.apache.hadoop.mapred.TextInputFormat"
    assert table["StorageDescriptor"]["SerdeInfo"]["Parameters"] == {"serialization.format": "1"}


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        # aws/aws-cdk#21416 and dbt-labs/dbt-external-tables#203: the line ends go, and the comment takes all the rest.
        ("-- who moves\n" + TABLE, "cannot recognize input near '<EOF>' '<EOF>' '<EOF>'"),
        # sqlfluff/sqlfluff#4633.
        (TABLE.replace("bigint", "bigint -- epoch ms\n"), "mismatched input '<EOF>' near 'bigint'"),
        # getredash/redash#2399 and SQLMesh/sqlmesh#4935.
        ("/* test */ DESCRIBE readings", "line 1:0 cannot recognize input near '/' '*' 'test'"),
        ("show tables /* all */", "line 1:12 cannot recognize input near '/' '*' 'all'"),
        ("DROP TABLE IF EXISTS nothing -- of that name", "mismatched input '<EOF>' near 'nothing'"),
    ],
)
def test_ddl_with_a_comment_fails(athena, sql, reason):
    status = run(athena, sql)["Status"]
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"].startswith("FAILED: ParseException line 1:")
    assert status["StateChangeReason"].endswith(reason)


def test_a_query_may_hold_comments_and_ddl_quoted_dashes(athena, connection):
    assert rows(athena, "-- one\nselect /* two */ 1 as n -- three") == [["n"], ["1"]]
    assert run(athena, TABLE.replace("epoch ms", "-- epoch /* ms */"))["Status"]["State"] == "SUCCEEDED"
    with pytest.raises(OperationalError, match="ParseException line 1:0 cannot recognize input near '/' '\\*' 'dbt'"):
        connection.cursor().execute("/* dbt */ describe readings")


def test_show_and_describe_answer_without_header(athena):
    assert rows(athena, "SHOW TABLES IN athena_tests 'read*'") == [["readings"]]
    assert ["athena_tests"] in rows(athena, "show databases")
    assert rows(athena, "describe readings")[0][0].split() == ["user", "string"]
    assert rows(athena, "show create table readings")[0] == ["CREATE EXTERNAL TABLE `athena_tests.readings`("]


def test_drop_table_leaves_the_data(athena, aws):
    run(athena, TABLE.replace("readings (", "short_lived ("))
    assert run(athena, "DROP TABLE short_lived")["Status"]["State"] == "SUCCEEDED"
    reason = run(athena, "DROP TABLE short_lived")["Status"]["StateChangeReason"]
    assert reason == "FAILED: SemanticException [Error 10001]: Table not found athena_tests.short_lived"
    assert run(athena, "DROP TABLE IF EXISTS short_lived")["Status"]["State"] == "SUCCEEDED"
    assert aws("s3").head_object(Bucket="athena-tests", Key="readings/2022/a.json")


def test_metadata_actions_read_the_catalog(athena):
    listed = athena.list_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="athena_tests")["TableMetadataList"]
    assert [table["Name"] for table in listed] == ["readings"]
    assert athena.get_work_group(WorkGroup="primary")["WorkGroup"]["State"] == "ENABLED"


def test_pyathena_cursor(connection):
    with connection.cursor() as cursor:
        found = cursor.execute("select user, timestamp, x from readings order by timestamp").fetchall()
    assert found[0] == ('c, "d"', 1655564376361, 1e-9)


def test_pyathena_dict_cursor(connection):
    with connection.cursor(DictCursor) as cursor:
        cursor.execute("select count(*) as n from readings where user = %(user)s", {"user": "a@x.org"})
        assert cursor.fetchone() == {"n": 1}


def test_pyathena_pandas_cursor(connection):
    with connection.cursor(PandasCursor) as cursor:
        frame = cursor.execute("select user, timestamp, y from readings order by 1").as_pandas()
    assert list(frame["timestamp"]) == [1655564444103, 1655564444104, 1655564376361]
    assert frame["y"].isna().tolist() == [False, True, True]


def test_pyathena_raises_athenas_reason(connection):
    with connection.cursor() as cursor, pytest.raises(OperationalError, match="TABLE_NOT_FOUND"):
        cursor.execute("select * from nothing")

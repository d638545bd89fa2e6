"""Prepared statements and workgroups, through boto3."""

import pytest
from athena_query import Query
from botocore.exceptions import ClientError

BUCKET = "athena-prepared"
OUTPUT = f"s3://{BUCKET}/results/"


@pytest.fixture(scope="module")
def query(aws):
    aws("s3").create_bucket(Bucket=BUCKET)
    made = Query(aws("athena"), OUTPUT, "prepared")
    made.done("CREATE DATABASE prepared")
    return made


def test_a_prepared_statement_is_run_with_values(query):
    query.done("PREPARE sums FROM SELECT ? + 1 AS s, ? AS t")
    assert query.rows("EXECUTE sums USING 41, 'a''b, c'") == ["s|t", "42|a'b, c"]
    assert query.rows("EXECUTE sums", ExecutionParameters=["1", "'x'"]) == ["s|t", "2|x"]
    query.done("DEALLOCATE PREPARE sums")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        query.run("EXECUTE sums USING 1, 2")


def test_prepared_statements_are_kept_by_their_api(query):
    client, place = query.client, {"WorkGroup": "primary", "StatementName": "one"}
    client.create_prepared_statement(**place, QueryStatement="SELECT 1 AS a")
    client.update_prepared_statement(**place, QueryStatement="SELECT 2 AS a")
    assert client.get_prepared_statement(**place)["PreparedStatement"]["QueryStatement"] == "SELECT 2 AS a"
    listed = client.list_prepared_statements(WorkGroup="primary")["PreparedStatements"]
    assert [one["StatementName"] for one in listed] == ["one"]
    assert query.rows("EXECUTE one") == ["a", "2"]
    client.delete_prepared_statement(**place)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.get_prepared_statement(**place)


def test_a_workgroup_says_where_results_go(query):
    client, location = query.client, f"s3://{BUCKET}/group/"
    configuration = {"ResultConfiguration": {"OutputLocation": location}, "BytesScannedCutoffPerQuery": 10_000_000}
    client.create_work_group(Name="team", Configuration=configuration, Description="ours")
    execution = query.done("SELECT 1", WorkGroup="team")
    assert execution["ResultConfiguration"]["OutputLocation"].startswith(location)
    assert client.list_query_executions(WorkGroup="team")["QueryExecutionIds"] == [execution["QueryExecutionId"]]
    client.update_work_group(WorkGroup="team", ConfigurationUpdates={"EnforceWorkGroupConfiguration": False})
    execution = query.done("SELECT 1", WorkGroup="team")
    assert execution["ResultConfiguration"]["OutputLocation"].startswith(OUTPUT)
    group = client.get_work_group(WorkGroup="team")["WorkGroup"]
    assert group["Configuration"]["BytesScannedCutoffPerQuery"] == 10_000_000
    assert {one["Name"] for one in client.list_work_groups()["WorkGroups"]} >= {"primary", "team"}
    client.update_work_group(WorkGroup="team", State="DISABLED")
    with pytest.raises(ClientError, match="is disabled"):
        query.run("SELECT 1", WorkGroup="team")
    client.delete_work_group(WorkGroup="team")
    with pytest.raises(ClientError, match="WorkGroup is not found"):
        query.run("SELECT 1", WorkGroup="team")


def test_a_query_that_scans_more_than_its_workgroup_lets_it_is_cancelled(query, aws):
    line = b'{"a": "' + b"x" * 1_000 + b'"}\n'
    aws("s3").put_object(Bucket=BUCKET, Key="much/part.json", Body=line * 10_100)
    query.done(
        "CREATE EXTERNAL TABLE much (a string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' "
        f"LOCATION 's3://{BUCKET}/much/'"
    )
    query.client.create_work_group(Name="frugal", Configuration={"BytesScannedCutoffPerQuery": 10_000_000})
    assert query.rows("SELECT count(*) FROM much") == ["_col0", "10100"]
    status = query.run("SELECT count(*) FROM much", WorkGroup="frugal")["Status"]
    assert status["State"] == "CANCELLED"
    assert status["StateChangeReason"] == "Query cancelled! : Bytes scanned limit was exceeded"

"""Who may do what, by IAM policy documents (IAM User Guide, "Policy evaluation logic")."""

import time

import pytest
from botocore.exceptions import ClientError
from glue_session import create, run, wait_for_start

from local_aws.endpoint.actions import Permission
from local_aws.endpoint.policies import PolicyNotUnderstood, allows, check_document
from local_aws.lifecycle import start, stop
from local_aws.unkind import Unkind, write_unkind

ARN = "arn:aws:s3:::lake"


def allow(action, resource, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize(
    ("statements", "permission", "expected"),
    [
        ([], Permission("s3:GetObject", f"{ARN}/a"), False),
        ([allow("s3:GetObject", f"{ARN}/*")], Permission("s3:GetObject", f"{ARN}/a/b"), True),
        ([allow("S3:getobject", f"{ARN}/*")], Permission("s3:GetObject", f"{ARN}/a"), True),
        ([allow("s3:GetObject", f"{ARN}/A")], Permission("s3:GetObject", f"{ARN}/a"), False),
        ([allow(["s3:Put*", "s3:Get*"], [f"{ARN}/b", f"{ARN}/a"])], Permission("s3:GetObject", f"{ARN}/a"), True),
        (
            [allow("*", "*"), allow("s3:GetObject", "*") | {"Effect": "Deny"}],
            Permission("s3:GetObject", f"{ARN}/a"),
            False,
        ),
        (
            [allow("s3:ListBucket", ARN, Condition={"StringLike": {"s3:prefix": ["a/*", "b/*"]}})],
            Permission("s3:ListBucket", ARN, {"s3:prefix": "b/c"}),
            True,
        ),
        (
            [allow("s3:ListBucket", ARN, Condition={"StringLike": {"s3:prefix": "a/*"}})],
            Permission("s3:ListBucket", ARN, {"s3:prefix": ""}),
            False,
        ),
        (
            [allow("s3:ListBucket", ARN, Condition={"StringEquals": {"aws:SourceVpc": "x"}})],
            Permission("s3:ListBucket", ARN),
            False,
        ),
    ],
)
def test_a_policy_allows_what_it_says_and_nothing_else(statements, permission, expected):
    assert allows(document(*statements), permission) is expected


@pytest.mark.parametrize(
    "statement",
    [
        allow("s3:*", "*") | {"NotAction": "s3:GetObject"},
        allow("*", "*", Condition={"IpAddress": {"aws:SourceIp": "::1"}}),
    ],
)
def test_what_would_not_be_heeded_is_refused(statement):
    with pytest.raises(PolicyNotUnderstood):
        check_document(document(statement))


def test_a_lake_does_not_play_what_it_would_not_heed(play):
    with pytest.raises(PolicyNotUnderstood):
        play(user=document(allow("s3:*", "*") | {"NotAction": "s3:GetObject"}))


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    started = start(tmp_path_factory.mktemp("policies"))
    yield started
    stop(started.lake.root)


@pytest.fixture
def play(lake):
    yield lambda **policies: write_unkind(lake.lake, Unkind(policies=policies))
    write_unkind(lake.lake, Unkind())


@pytest.fixture(scope="module")
def client(lake, client_for):
    s3 = client_for(lake, "s3")
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="people/a.json", Body=b'{"a": 1}\n')
    s3.put_object(Bucket="lake", Key="open/a.json", Body=b'{"a": 2}\n')
    glue = client_for(lake, "glue")
    glue.create_database(DatabaseInput={"Name": "db"})
    for name in ("people", "open"):
        storage = {
            "Columns": [{"Name": "a", "Type": "int"}],
            "Location": f"s3://lake/{name}/",
            "SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
        }
        glue.create_table(DatabaseName="db", TableInput={"Name": name, "StorageDescriptor": storage})
    return lambda service: client_for(lake, service)


def ask(athena, sql, place="s3://lake/athena/"):
    query = athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": "db"},
        ResultConfiguration={"OutputLocation": place},
    )["QueryExecutionId"]
    while True:
        found = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if found["State"] in ("SUCCEEDED", "FAILED"):
            return found["State"], found.get("StateChangeReason", "")
        time.sleep(0.05)


def test_athena_reads_with_the_rights_of_whoever_asks(play, client):
    """Athena User Guide, "Configure access to databases and tables in the AWS Glue Data Catalog"."""
    of_glue = "arn:aws:glue:us-east-1:123456789012:"
    play(
        user=document(
            allow("athena:*", "*"),
            allow("glue:Get*", [f"{of_glue}catalog", f"{of_glue}database/db", f"{of_glue}table/db/*"]),
            allow("s3:GetObject", [f"{ARN}/open/*", f"{ARN}/athena/*"]),
            allow("s3:PutObject", f"{ARN}/athena/*"),
        )
    )
    athena = client("athena")
    assert ask(athena, "select * from open") == ("SUCCEEDED", "")
    state, reason = ask(athena, "select * from people")
    assert state == "FAILED"
    assert "s3:GetObject" in reason
    assert "lake/people/a.json" in reason
    state, reason = ask(athena, "select * from open", "s3://lake/elsewhere/")
    assert state == "FAILED"
    assert "s3:PutObject" in reason


def test_a_table_that_the_caller_may_not_see_is_refused_by_action_and_resource(play, client):
    play(user=document(allow(["athena:*", "s3:*"], "*")))
    state, reason = ask(client("athena"), "select * from open")
    assert state == "FAILED"
    assert "user/stedi-local is not authorized to perform: glue:GetTable on resource: arn:aws:glue:" in reason


def test_a_session_is_another_principal_than_who_made_it(play, client):
    """AWS Glue Developer Guide, "Interactive sessions with IAM": statements have the rights of its role."""
    glue = client("glue")
    role = "arn:aws:iam::123456789012:role/stedi-local"
    may_pass = allow("iam:PassRole", role, Condition={"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}})
    play(user=document(allow("glue:*", "*")))
    with pytest.raises(ClientError, match="iam:PassRole on resource: " + role):
        create(glue)
    play(user=document(allow("glue:*", "*"), may_pass), session=document(allow("s3:GetObject", f"{ARN}/open/*")))
    session = create(glue)
    assert wait_for_start(glue, session)["Status"] == "READY"
    try:
        read = "import boto3\nprint(boto3.client('s3').get_object(Bucket='lake', Key='{}')['Body'].read())"
        output = run(glue, session, read.format("open/a.json"))["Output"]
        assert output["Status"] == "ok", output
        output = run(glue, session, read.format("people/a.json"))["Output"]
        assert "assumed-role/stedi-local/GlueJobRunnerSession is not authorized" in str(output)
        with pytest.raises(ClientError, match="AccessDenied"):
            client("s3").get_object(Bucket="lake", Key="open/a.json")
    finally:
        glue.stop_session(Id=session)

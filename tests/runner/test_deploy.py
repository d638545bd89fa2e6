"""From an empty account to a stack and back, on moto; what moto does not play is stubbed by botocore's models."""

import json

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from moto import mock_aws
from typer.testing import CliRunner

from runner.cli import app
from runner.deploy import deploy as deploying
from runner.deploy import stack, template
from runner.deploy.deploy import show
from runner.deploy.package import package_key, zip_project
from runner.deploy.refusals import explain, told_plainly
from runner.deploy.studio import job_of, ready_notebook
from runner.errors import StepFailed, UserError
from tests.runner.small_stack import small_stack

BUCKET = "lake-of-the-test"
ROLE = "arn:aws:iam::123456789012:role/stedi-SessionRole"
OUTPUTS = {"Bucket": BUCKET, "SessionRoleArn": ROLE, "NightlyBatchName": "stedi-nightly"}


@pytest.fixture
def account(tmp_path, monkeypatch):
    """An empty account, and a profile `team` of it without a Glue role."""
    (tmp_path / "config").write_text("[profile team]\nregion = us-east-1\n")
    (tmp_path / "credentials").write_text("[team]\naws_access_key_id = a\naws_secret_access_key = b\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setattr(stack, "POLL_SECONDS", 0)
    monkeypatch.setattr(stack, "stack_text", small_stack)
    monkeypatch.setattr(stack.Stack, "outputs", lambda self: OUTPUTS)  # moto has none of a stack of a change set
    with mock_aws():
        yield boto3.Session(region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


def stedi(*words):
    """Run the command in this process; gives its exception, or what it said."""
    result = CliRunner().invoke(app, [*words, "--profile", "team"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_an_empty_account_has_a_lake_a_night_and_notebooks_and_a_second_call_changes_nothing(account):
    said = stedi("deploy", "--bucket", BUCKET, "--email", "a@example.com", "--studio", "--yes")
    assert "make" in said
    assert "LakeBucket" in said
    assert "aws codebuild start-build --project-name stedi-nightly" in said
    assert account.client("glue").get_job(JobName="stedi-02_customer_landing_to_trusted")["Job"]["Role"] == ROLE
    keys = [one["Key"] for one in account.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert "scripts/helpers.zip" in keys
    assert package_key(zip_project()) in keys
    assert "studio/notebooks/stedi-06_machine_learning_curated.ipynb" in keys
    again = stedi("deploy", "--yes")
    assert "nothing to change" in again


def test_what_is_refused_leaves_no_stack(account):
    boto3.setup_default_session(profile_name="team")
    with pytest.raises(UserError, match="Nothing was changed"):
        deploying.deploy(stack.Stack("stedi", print), {"BucketName": BUCKET}, lambda: False, print)
    assert not [one for one in account.client("cloudformation").describe_stacks()["Stacks"]]


def test_destroy_keeps_the_data_and_a_new_stack_takes_it_in(account):
    stedi("deploy", "--bucket", BUCKET, "--studio", "--yes")
    account.client("s3").put_object(Bucket=BUCKET, Key="customer/landing/a.json", Body=b"{}")
    said = stedi("destroy", "--yes")
    assert "is gone" in said
    assert not account.client("cloudformation").describe_stacks()["Stacks"]
    assert not account.client("glue").get_jobs()["Jobs"]
    account.client("s3").head_object(Bucket=BUCKET, Key="customer/landing/a.json")
    said = stedi("deploy", "--bucket", BUCKET, "--yes")
    assert "aws s3 sync" in said
    boto3.setup_default_session(profile_name="team")
    assert stack.Stack("stedi", print).parameters()["MakeBucket"] == "false"
    account.client("s3").head_object(Bucket=BUCKET, Key="customer/landing/a.json")


def test_destroy_with_the_name_of_the_bucket_leaves_nothing_that_bills_also_in_a_second_call(account):
    stedi("deploy", "--bucket", BUCKET, "--yes")
    account.client("glue").create_database(DatabaseInput={"Name": "stedi"})
    account.client("secretsmanager").create_secret(Name="stedi/participant-key", SecretString="x")
    with pytest.raises(UserError, match="is about the bucket"):
        stedi("destroy", "--bucket", "another-bucket", "--yes")
    stedi("destroy", "--bucket", BUCKET, "--yes")
    assert not account.client("s3").list_buckets()["Buckets"]
    assert not account.client("glue").get_databases()["DatabaseList"]
    assert account.client("secretsmanager").describe_secret(SecretId="stedi/participant-key")["DeletedDate"]
    stedi("destroy", "--bucket", BUCKET, "--yes")
    assert "nothing to take away" in stedi("destroy", "--yes")


def test_a_bucket_that_is_no_lake_is_not_deleted(account):
    account.client("s3").create_bucket(Bucket="photos")
    account.client("s3").put_object(Bucket="photos", Key="2024/a.jpg", Body=b"x")
    with pytest.raises(UserError, match="holds 2024/, which is no lake's"):
        stedi("destroy", "--bucket", "photos", "--yes")
    account.client("s3").head_object(Bucket="photos", Key="2024/a.jpg")


def test_a_new_stack_needs_a_bucket_and_keeps_it(account):
    with pytest.raises(UserError, match="needs a bucket of your own"):
        stedi("deploy", "--yes")
    stedi("deploy", "--bucket", BUCKET, "--yes")
    with pytest.raises(UserError, match="another needs another --stack"):
        stedi("deploy", "--bucket", "another-bucket", "--yes")


def test_a_key_that_is_to_be_deleted_is_told(account):
    secrets = account.client("secretsmanager")
    secrets.create_secret(Name="stedi/participant-key", SecretString="x")
    secrets.delete_secret(SecretId="stedi/participant-key")
    with pytest.raises(UserError, match="restore-secret"):
        stedi("deploy", "--bucket", BUCKET, "--yes")


@pytest.mark.parametrize("command", ["deploy", "destroy"])
def test_on_the_local_profile_they_say_in_one_line_why_not(command):
    result = CliRunner().invoke(app, [command, "--yes"])
    assert isinstance(result.exception, UserError)
    assert "no CloudFormation" in str(result.exception)


def test_without_a_terminal_it_wants_yes(account, monkeypatch):
    with pytest.raises(UserError, match="add --yes"):
        stedi("deploy", "--bucket", BUCKET)


def test_an_unknown_profile_is_one_line():
    with pytest.raises(UserError, match="could not be found"):
        CliRunner().invoke(app, ["deploy", "--yes", "--profile", "no-such"], catch_exceptions=False)


def refusal(code, message="", operation="CreateChangeSet"):
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (refusal("ExpiredToken"), UserError, "have expired"),
        (refusal("InvalidClientTokenId"), UserError, "does not know these credentials"),
        (
            refusal(
                "AccessDenied",
                "User: arn:aws:iam::1:user/me is not authorized to perform: iam:CreateRole on resource: "
                "arn:aws:iam::1:role/x because no identity-based policy allows the iam:CreateRole action",
            ),
            UserError,
            "lacks the permission iam:CreateRole on arn:aws:iam::1:role/x",
        ),
        (refusal("ValidationError", "bad"), StepFailed, "AWS refused CreateChangeSet: ValidationError: bad"),
        (NoCredentialsError(), UserError, "no credentials"),
        (EndpointConnectionError(endpoint_url="https://x"), StepFailed, "cannot be reached"),
    ],
)
def test_each_refusal_is_one_line_that_says_whose_turn_it_is(error, kind, told):
    with pytest.raises(kind, match=told), told_plainly():
        raise error
    assert "\n" not in explain(error)


class Played:
    """CloudFormation as a test says it: a stack in a state, and what happened to it."""

    def __init__(self, status, *events):
        self.status, self.events, self.calls = status, events, []

    def describe_stacks(self, StackName):  # noqa: N803 - botocore's name
        if self.status == "DELETED":
            raise refusal("ValidationError", f"Stack with id {StackName} does not exist", "DescribeStacks")
        return {"Stacks": [{"StackName": StackName, "StackStatus": self.status, "StackId": "arn"}]}

    def get_paginator(self, name):
        self.calls.append(name)
        return self

    def paginate(self, StackName):  # noqa: N803
        return [{"StackEvents": list(self.events)[::-1], "StackResourceSummaries": []}]

    def delete_stack(self, StackName):  # noqa: N803
        self.calls.append("delete_stack")
        self.status = "DELETED"


def event(name, status, reason="", kind="AWS::S3::Bucket"):
    return {"LogicalResourceId": name, "ResourceStatus": status, "ResourceStatusReason": reason, "ResourceType": kind}


OLD = event("Old", "CREATE_FAILED", "of another day")
BEGINS = event("stedi", "CREATE_IN_PROGRESS", kind="AWS::CloudFormation::Stack")
FIRST = event("Budget", "CREATE_FAILED", "the address is none")
FOLLOWS = event("Watchdog", "CREATE_FAILED", "Resource creation cancelled")


def played(monkeypatch, status):
    client = Played(status, OLD, BEGINS, FIRST, FOLLOWS)
    monkeypatch.setattr(stack.boto3, "client", lambda name: client)
    monkeypatch.setattr(stack, "POLL_SECONDS", 0)
    return client


def test_a_stack_in_rollback_is_explained_by_what_failed_first_and_made_anew(monkeypatch):
    client = played(monkeypatch, "ROLLBACK_COMPLETE")
    said = []
    monkeypatch.setattr(deploying, "zip_project", lambda: (_ for _ in ()).throw(UserError("so far")))
    with pytest.raises(UserError, match="so far"):
        deploying.deploy(stack.Stack("stedi", said.append), {}, lambda: True, said.append)
    assert "ROLLBACK_COMPLETE" in said[0]
    assert "Budget: the address is none" in said[0]
    assert "delete_stack" in client.calls


@pytest.mark.parametrize(
    ("status", "fix"), [("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"), ("DELETE_FAILED", "stedi destroy")]
)
def test_a_stack_that_nothing_moves_is_told_with_the_call_that_mends_it(monkeypatch, status, fix):
    played(monkeypatch, status)
    with pytest.raises(StepFailed, match=fix):
        deploying.deploy(stack.Stack("stedi", print), {}, lambda: True, print)


def test_a_change_is_waited_for_although_the_status_is_the_old_one_at_first(monkeypatch):
    client = played(monkeypatch, "CREATE_COMPLETE")
    client.execute_change_set = lambda **_: None
    begins = event("stedi", "UPDATE_IN_PROGRESS", kind="AWS::CloudFormation::Stack")
    course = [
        ("CREATE_COMPLETE", []),
        ("UPDATE_IN_PROGRESS", [begins]),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", [event("Budget", "UPDATE_COMPLETE")]),
        ("UPDATE_COMPLETE", []),
    ]

    def wait(_):
        client.status, more = course.pop(0)
        client.events = (*client.events, *more)

    monkeypatch.setattr(stack.time, "sleep", wait)
    said = []
    stack.Stack("stedi", said.append).execute("change")
    assert not course
    assert [line.split() for line in said] == [["UPDATE_COMPLETE", "Budget"]]


def test_data_at_risk_stands_out(capsys):
    change = {"Action": "Modify", "LogicalResourceId": "LakeBucket", "ResourceType": "AWS::S3::Bucket"}
    show([change | {"Replacement": "True"}, change | {"Action": "Add", "LogicalResourceId": "Other"}])
    said = capsys.readouterr().out
    assert "replace, DATA AT RISK" in said
    assert said.count("AT RISK") == 1


def test_a_notebook_in_studio_has_its_session_and_its_bucket_already():
    notebook = json.loads(ready_notebook("02_customer_landing_to_trusted", BUCKET, "eu-central-1", ROLE))
    session, parameters = ("".join(one["source"]) for one in notebook["cells"][1:3])
    assert f"%extra_py_files s3://{BUCKET}/scripts/helpers.zip" in session
    assert "%region eu-central-1" in session
    assert f"%iam_role {ROLE}" in session
    assert f'bucket = "{BUCKET}"' in parameters


def test_studio_lists_jobs_that_are_notebooks():
    job = job_of("n", BUCKET, "eu-central-1", ROLE)
    assert job["JobMode"] == "NOTEBOOK"
    assert job["Command"]["ScriptLocation"] == f"s3://{BUCKET}/studio/scripts/n.py"


def test_equal_files_give_equal_packages():
    assert zip_project() == zip_project()
    assert package_key(b"a") != package_key(b"b")


def test_the_template_fits_into_a_call():
    assert len(template.stack_text().encode()) <= 51_200

"""An empty account on moto, with the template as far as moto plays it, and the command as it is called there."""

from contextlib import contextmanager

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.glue.responses import GlueResponse
from typer.testing import CliRunner

from runner.cli import app
from runner.deploy import stack
from tests.runner.small_stack import small_stack

BUCKET = "lake-of-the-test"
ROLE = "arn:aws:iam::123456789012:role/stedi-SessionRole"
RUNNER = "arn:aws:iam::123456789012:role/stedi-RunnerRole"
OUTPUTS = {"Bucket": BUCKET, "SessionRoleArn": ROLE, "RunnerRoleArn": RUNNER, "NightlyBatchName": "stedi-nightly"}
OUTPUTS |= {"PipelineWorkGroupName": "stedi-pipeline", "Database": "motion"}


@contextmanager
def empty_account(tmp_path, monkeypatch):
    """An empty account, and a profile `team` of it without a Glue role."""
    (tmp_path / "config").write_text("[profile team]\nregion = us-east-1\n")
    (tmp_path / "credentials").write_text("[team]\naws_access_key_id = a\naws_secret_access_key = b\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setattr(stack, "POLL_SECONDS", 0)
    monkeypatch.setattr(stack, "stack_text", small_stack)
    monkeypatch.setattr(stack.Stack, "outputs", lambda self: OUTPUTS)  # moto has none of a stack of a change set
    monkeypatch.setattr(GlueResponse, "update_job", lambda self: "{}", raising=False)  # moto forgets a job's mode
    with mock_aws():
        yield boto3.Session(region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


def stedi(*words):
    """Run the command in this process; gives its exception, or what it said."""
    result = CliRunner().invoke(app, [*words, "--profile", "team"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def close_to_the_public(account, bucket=BUCKET):
    """What S3 does for each new bucket ("Blocking public access", since April 2023), and moto does not."""
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    closed = dict.fromkeys(blocks, True)
    account.client("s3").put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=closed)


def refusal(code, message="", operation="CreateChangeSet"):
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


OF_OTHERS = '{"Statement": [{"Sid": "Theirs", "Effect": "Allow", "Principal": "*", "Action": "x:*", "Resource": "*"}]}'


def make_a_table_elsewhere(account):
    table = {"Name": "sales", "StorageDescriptor": {"Location": "s3://shop/sales/"}}
    account.client("glue").create_database(DatabaseInput={"Name": "stedi"})
    account.client("glue").create_table(DatabaseName="stedi", TableInput=table)

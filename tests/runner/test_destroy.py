"""`stedi destroy`: the stack goes, data stays unless its bucket is named, and nothing that is no lake's is deleted."""

import boto3
import pytest
from botocore.exceptions import ClientError

from runner.deploy import stack
from runner.errors import UserError
from tests.runner.small_account import BUCKET, close_to_the_public, make_a_table_elsewhere, stedi


def test_destroy_keeps_the_data_and_a_new_stack_takes_it_in(account):
    stedi("deploy", "--bucket", BUCKET, "--studio", "--yes")
    account.client("s3").put_object(Bucket=BUCKET, Key="customer/landing/a.json", Body=b"{}")
    said = stedi("destroy", "--yes")
    assert "is gone" in said
    close_to_the_public(account)
    assert not account.client("cloudformation").describe_stacks()["Stacks"]
    assert not account.client("glue").get_jobs()["Jobs"]
    assert not account.client("iam").list_roles()["Roles"]
    assert not account.client("events").list_rules()["Rules"]
    account.client("s3").head_object(Bucket=BUCKET, Key="customer/landing/a.json")
    said = stedi("deploy", "--bucket", BUCKET, "--yes")
    assert "aws s3 sync" in said
    boto3.setup_default_session(profile_name="team")
    assert stack.Stack("stedi", print).parameters()["MakeBucket"] == "false"
    landed = account.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="customer/")["Contents"]
    assert [one["Key"] for one in landed] == ["customer/landing/a.json"]
    with pytest.raises(ClientError, match="403"):  # moto holds to the bucket's policy
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


def test_a_database_with_tables_of_others_is_not_deleted(account):
    account.client("s3").create_bucket(Bucket=BUCKET)
    make_a_table_elsewhere(account)
    with pytest.raises(UserError, match="holds the table sales of s3://shop/sales/, which is no lake's"):
        stedi("destroy", "--bucket", BUCKET, "--yes")
    account.client("s3").head_bucket(Bucket=BUCKET)


def test_a_bucket_that_is_no_lake_is_not_deleted(account):
    account.client("s3").create_bucket(Bucket="photos")
    account.client("s3").put_object(Bucket="photos", Key="2024/a.jpg", Body=b"x")
    with pytest.raises(UserError, match="holds 2024/, which is no lake's"):
        stedi("destroy", "--bucket", "photos", "--yes")
    account.client("s3").head_object(Bucket="photos", Key="2024/a.jpg")

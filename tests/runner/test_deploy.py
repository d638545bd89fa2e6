"""`stedi deploy`: from an empty account to a lake, a night and notebooks, and what it says where it cannot."""

import json

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from typer.testing import CliRunner

from runner import cli
from runner.aws_errors import exit_code
from runner.cli import app
from runner.deploy import deploy as deploying
from runner.deploy import stack
from runner.errors import UserError
from runner.pipeline.scripts import package_key, zip_project
from tests.runner.small_account import BUCKET, OUTPUTS, ROLE, RUNNER, close_to_the_public, refusal, stedi


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
    before = (objects(account), account.client("cloudformation").describe_stacks()["Stacks"])
    again = stedi("deploy", "--studio", "--yes")
    assert "nothing to change" in again
    assert (objects(account), account.client("cloudformation").describe_stacks()["Stacks"]) == before


def objects(account):
    """Every object of the bucket, and when it was written."""
    found = account.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    return {one["Key"]: (one["ETag"], one["LastModified"]) for one in found}


def test_what_was_made_but_not_filled_is_filled_by_the_next_call(account):
    stedi("deploy", "--bucket", BUCKET, "--yes")
    account.client("s3").delete_object(Bucket=BUCKET, Key="scripts/helpers.zip")  # killed before it was there
    close_to_the_public(account)
    stedi("deploy", "--yes")
    account.client("s3").head_object(Bucket=BUCKET, Key="scripts/helpers.zip")


def test_what_is_refused_leaves_no_stack(account):
    boto3.setup_default_session(profile_name="team")
    with pytest.raises(UserError, match="Nothing was changed"):
        deploying.deploy(stack.Stack("stedi", print), {"BucketName": BUCKET}, lambda _: False)
    assert not [one for one in account.client("cloudformation").describe_stacks()["Stacks"]]


def policies(account):
    """The statements of the bucket's policy and of the key's, by their Sids."""
    bucket = account.client("s3").get_bucket_policy(Bucket=BUCKET)["Policy"]
    key = account.client("secretsmanager").get_resource_policy(SecretId="stedi/participant-key")["ResourcePolicy"]
    return {one["Sid"]: one for text in (bucket, key) for one in json.loads(text)["Statement"]}


def test_what_was_there_is_told_protected_and_stays_so_and_a_new_stack_names_its_roles_in_it(account, monkeypatch):
    account.client("s3").create_bucket(Bucket=BUCKET)
    close_to_the_public(account)
    account.client("secretsmanager").create_secret(Name="stedi/participant-key", SecretString="x")
    said = stedi("deploy", "--bucket", BUCKET, "--yes")
    assert f"is used as it is: bucket {BUCKET}, secret stedi/participant-key." in " ".join(said.split())
    assert f"The bucket {BUCKET} has the lake's policy" in said
    first = policies(account)
    assert set(first) == {"TlsOnly", "IdentityOnlyForThePipeline", "OnlyThePipeline"}
    for closed in ("IdentityOnlyForThePipeline", "OnlyThePipeline"):
        assert first[closed]["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [ROLE, RUNNER]}}
    assert "policy" not in stedi("deploy", "--yes")
    stedi("destroy", "--yes")
    assert policies(account) == first
    monkeypatch.setitem(OUTPUTS, "SessionRoleArn", f"{ROLE}-anew")
    assert "has the lake's policy" in stedi("deploy", "--bucket", BUCKET, "--yes")
    again = policies(account)["OnlyThePipeline"]["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    assert again == [f"{ROLE}-anew", RUNNER]


def test_a_new_stack_needs_a_bucket_and_keeps_it(account):
    with pytest.raises(UserError, match="needs a bucket of your own"):
        stedi("deploy", "--yes")
    stedi("deploy", "--bucket", BUCKET, "--yes")
    with pytest.raises(UserError, match="another needs another --stack"):
        stedi("deploy", "--bucket", "another-bucket", "--yes")


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


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (refusal("ExpiredToken"), 2, "have expired"),
        (refusal("InvalidClientTokenId"), 2, "does not know these credentials"),
        (
            refusal(
                "AccessDenied",
                "User: arn:aws:iam::1:user/me is not authorized to perform: iam:CreateRole on resource: "
                "arn:aws:iam::1:role/x because no identity-based policy allows the iam:CreateRole action",
            ),
            1,
            "lacks the permission iam:CreateRole on arn:aws:iam::1:role/x",
        ),
        (
            refusal("AccessDenied", 'not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::b/x" because'),
            1,
            "lacks the permission s3:PutObject on arn:aws:s3:::b/x:",
        ),
        (refusal("ValidationError", "bad"), 1, "AWS refused CreateChangeSet: ValidationError: bad"),
        (NoCredentialsError(), 2, "no credentials"),
        (EndpointConnectionError(endpoint_url="https://x"), 1, "cannot be reached"),
    ],
)
def test_each_refusal_is_one_line_that_says_whose_turn_it_is(error, code, told, monkeypatch, capsys):
    def refuse(**_):
        raise error

    monkeypatch.setattr(cli, "app", refuse)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == exit_code(error) == code
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1


def test_equal_files_give_equal_packages():
    assert zip_project() == zip_project()
    assert package_key(b"a") != package_key(b"b")

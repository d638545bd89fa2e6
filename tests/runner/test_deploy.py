"""From an empty account to a stack and back, on moto; what moto does not play is stubbed by botocore's models."""

import hashlib
import json

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from moto import mock_aws
from moto.glue.responses import GlueResponse
from typer.testing import CliRunner

from runner import cli
from runner.aws_errors import exit_code
from runner.cli import app
from runner.deploy import deploy as deploying
from runner.deploy import stack, template
from runner.deploy.deploy import package_key, show, zip_project
from runner.deploy.studio import job_of, ready_notebook
from runner.errors import StepFailed, UserError
from runner.pipeline import scripts
from runner.pipeline.copies import SOURCE_SHA256
from tests.runner.small_stack import small_stack

BUCKET = "lake-of-the-test"
ROLE = "arn:aws:iam::123456789012:role/stedi-SessionRole"
RUNNER = "arn:aws:iam::123456789012:role/stedi-RunnerRole"
OUTPUTS = {"Bucket": BUCKET, "SessionRoleArn": ROLE, "RunnerRoleArn": RUNNER, "NightlyBatchName": "stedi-nightly"}
OUTPUTS |= {"PipelineWorkGroupName": "stedi-pipeline", "Database": "motion"}


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
    monkeypatch.setattr(GlueResponse, "update_job", lambda self: "{}", raising=False)  # moto forgets a job's mode
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
        deploying.deploy(stack.Stack("stedi", print), {"BucketName": BUCKET}, lambda _: False, print)
    assert not [one for one in account.client("cloudformation").describe_stacks()["Stacks"]]


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


def close_to_the_public(account, bucket=BUCKET):
    """What S3 does for each new bucket ("Blocking public access", since April 2023), and moto does not."""
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    closed = dict.fromkeys(blocks, True)
    account.client("s3").put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=closed)


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


def encrypt(account):
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"}}
    account.client("s3").put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})


def open_up(account):
    account.client("s3").delete_public_access_block(Bucket=BUCKET)


OF_OTHERS = '{"Statement": [{"Sid": "Theirs", "Effect": "Allow", "Principal": "*", "Action": "x:*", "Resource": "*"}]}'


def let_others_in(account):
    account.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=OF_OTHERS)


def give_the_key_away(account):
    made = account.client("secretsmanager").create_secret(Name="stedi/participant-key", SecretString="x")
    account.client("secretsmanager").put_resource_policy(SecretId=made["ARN"], ResourcePolicy=OF_OTHERS)


def make_a_table_elsewhere(account):
    table = {"Name": "sales", "StorageDescriptor": {"Location": "s3://shop/sales/"}}
    account.client("glue").create_database(DatabaseInput={"Name": "stedi"})
    account.client("glue").create_table(DatabaseName="stedi", TableInput=table)


@pytest.mark.parametrize(
    ("spoil", "told", "fix"),
    [
        (encrypt, "encrypted by aws:kms", "delete-bucket-encryption"),
        (open_up, "does not block public access", "put-public-access-block"),
        (let_others_in, r"a policy that is not the lake's \(Theirs\)", "delete-bucket-policy"),
        (give_the_key_away, r"a policy that is not the lake's \(Theirs\)", "delete-resource-policy"),
        (make_a_table_elsewhere, "holds the table sales of s3://shop/sales/", "--database"),
    ],
)
def test_what_would_not_protect_the_data_is_refused_with_its_fix_before_anything_is_made(account, spoil, told, fix):
    account.client("s3").create_bucket(Bucket=BUCKET)
    close_to_the_public(account)
    spoil(account)
    with pytest.raises(UserError, match=f"{told}.*{fix}"):
        stedi("deploy", "--bucket", BUCKET, "--yes")
    assert not account.client("cloudformation").describe_stacks()["Stacks"]
    assert "Contents" not in account.client("s3").list_objects_v2(Bucket=BUCKET)


@pytest.mark.parametrize(
    ("code", "told"),
    [("403", "is taken by another account"), ("301", "is in another region"), ("400", "is in another region")],
)
def test_a_bucket_of_somebody_else_or_of_another_region_is_one_line(account, monkeypatch, code, told):
    s3 = account.client("s3")
    monkeypatch.setattr(s3, "head_bucket", lambda **_: (_ for _ in ()).throw(refusal(code, operation="HeadBucket")))
    monkeypatch.setattr(scripts.boto3, "client", lambda name: s3 if name == "s3" else account.client(name))
    with pytest.raises(UserError, match=f"{BUCKET} {told}"):
        scripts.owns_bucket(BUCKET)


def test_a_bucket_in_another_region_is_refused(account):
    place = {"LocationConstraint": "eu-central-1"}
    account.client("s3", region_name="eu-central-1").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    with pytest.raises(UserError, match="is in eu-central-1, the profile in us-east-1"):
        stedi("deploy", "--bucket", BUCKET, "--yes")


def test_a_database_with_tables_of_others_is_not_deleted(account):
    account.client("s3").create_bucket(Bucket=BUCKET)
    make_a_table_elsewhere(account)
    with pytest.raises(UserError, match="holds the table sales of s3://shop/sales/, which is no lake's"):
        stedi("destroy", "--bucket", BUCKET, "--yes")
    account.client("s3").head_bucket(Bucket=BUCKET)


NOTEBOOK = "studio/notebooks/stedi-06_machine_learning_curated.ipynb"


def test_what_somebody_saved_in_studio_is_overwritten_only_when_told_to(account):
    s3 = account.client("s3")
    stedi("deploy", "--bucket", BUCKET, "--studio", "--yes")
    assert "Put stedi" not in stedi("deploy", "--studio", "--yes")
    s3.put_object(Bucket=BUCKET, Key=NOTEBOOK, Body=b"my work")  # as Studio saves it, without metadata
    older = b"an older one of the project's"
    digest = {SOURCE_SHA256: hashlib.sha256(older).hexdigest()}
    other = NOTEBOOK.replace("06_machine_learning_curated", "02_customer_landing_to_trusted")
    s3.put_object(Bucket=BUCKET, Key=other, Body=older, Metadata=digest)
    with pytest.raises(UserError, match=f"changed in Glue Studio: {NOTEBOOK}.*aws s3 cp.*--overwrite"):
        stedi("deploy", "--studio", "--yes")
    assert s3.get_object(Bucket=BUCKET, Key=NOTEBOOK)["Body"].read() == b"my work"
    assert s3.get_object(Bucket=BUCKET, Key=other)["Body"].read() == older
    said = stedi("deploy", "--studio", "--overwrite", "--yes")
    assert said.count("Put stedi") == 2
    assert b"%extra_py_files" in s3.get_object(Bucket=BUCKET, Key=NOTEBOOK)["Body"].read()


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


class Played:
    """CloudFormation as a test says it: a stack in a state, and what happened to it."""

    def __init__(self, status, *events):
        self.status, self.events, self.calls = status, events, []

    def get_paginator(self, name):
        self.calls.append(name)
        return self

    def paginate(self, StackName):  # noqa: N803 - botocore's name
        if self.status == "DELETED":
            raise refusal("ValidationError", f"Stack with id {StackName} does not exist", "DescribeStacks")
        stack = {"StackName": StackName, "StackStatus": self.status, "StackId": "arn"}
        return [{"Stacks": [stack], "StackEvents": list(self.events)[::-1]}]

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
        deploying.deploy(stack.Stack("stedi", said.append), {}, lambda _: True, said.append)
    assert "ROLLBACK_COMPLETE" in said[0]
    assert "Budget: the address is none" in said[0]
    assert "delete_stack" in client.calls


def test_a_stack_that_was_only_proposed_is_made(monkeypatch):
    client, made = played(monkeypatch, stack.UNBORN), []

    def create_change_set(**call):
        made.append(call["ChangeSetType"])
        raise refusal("ValidationError", "so far")

    client.create_change_set = create_change_set
    monkeypatch.setattr(deploying, "what_to_make", lambda *_: {"MakeBucket": "true"})
    monkeypatch.setattr(deploying, "owns_bucket", lambda _: False)
    with pytest.raises(ClientError, match="so far"):
        deploying.deploy(stack.Stack("stedi", print), {"BucketName": BUCKET}, lambda _: True, print)
    assert made == ["CREATE"]


def test_what_an_earlier_call_began_is_waited_for(monkeypatch):
    client = played(monkeypatch, "CREATE_IN_PROGRESS")
    course = ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    monkeypatch.setattr(stack.time, "sleep", lambda _: setattr(client, "status", course.pop(0)))
    said = []
    assert stack.Stack("stedi", said.append).settle() == "CREATE_COMPLETE"
    assert said == ["The stack stedi is CREATE_IN_PROGRESS: waiting for that to end."]


@pytest.mark.parametrize(
    ("status", "fix"), [("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"), ("DELETE_FAILED", "stedi destroy")]
)
def test_a_stack_that_nothing_moves_is_told_with_the_call_that_mends_it(monkeypatch, status, fix):
    played(monkeypatch, status)
    with pytest.raises(StepFailed, match=fix):
        deploying.deploy(stack.Stack("stedi", print), {}, lambda _: True, print)


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
    notebook = json.loads(ready_notebook("01_landing_tables", OUTPUTS, "eu-central-1"))
    session, parameters = ("".join(one["source"]) for one in notebook["cells"][1:3])
    assert f"%extra_py_files s3://{BUCKET}/scripts/helpers.zip" in session
    assert "%region eu-central-1" in session
    assert f"%iam_role {ROLE}" in session
    assert f'bucket = "{BUCKET}"' in parameters
    assert 'workgroup = "stedi-pipeline"' in parameters
    assert 'database = "motion"' in parameters


def test_studio_lists_jobs_that_are_notebooks():
    job = job_of("n", OUTPUTS, "eu-central-1")
    assert job["JobMode"] == "NOTEBOOK"
    assert job["Command"]["ScriptLocation"] == f"s3://{BUCKET}/studio/scripts/n.py"
    assert job["DefaultArguments"]["--database"] == "motion"


def test_equal_files_give_equal_packages():
    assert zip_project() == zip_project()
    assert package_key(b"a") != package_key(b"b")


def test_the_template_fits_into_a_call():
    assert len(template.stack_text().encode()) <= 51_200

"""Who may do what, as the policies of the template say it."""

import json

import pytest

from helpers.tables import TABLES
from local_aws.endpoint.actions import Permission
from local_aws.endpoint.policies import allows, check_document
from runner.deploy.template import read_stack
from tests.infra.policies import RUNNER, SCIENTIST, SESSION, bucket_policy, policy_documents, role_arns

SECRETS = "arn:aws:secretsmanager:us-east-1:123456789012:secret"


def as_list(value):
    return value if isinstance(value, list) else [value]


def allowed(role: str, action: str) -> list[str]:
    """The resources on which a policy allows an action."""
    return [
        resource
        for one in policy_documents(bucket="b")[role]["Statement"]
        if one["Effect"] == "Allow" and action in as_list(one["Action"])
        for resource in as_list(one["Resource"])
    ]


@pytest.mark.parametrize("role", [SESSION, RUNNER, SCIENTIST])
def test_everything_is_filled_in_and_no_action_is_a_wildcard(role):
    document = policy_documents()[role]
    assert "${" not in json.dumps(document)
    assert "Fn::" not in json.dumps(document)
    for statement in document["Statement"]:
        assert not [action for action in as_list(statement["Action"]) if "*" in action]


def test_only_actions_that_know_no_resource_are_allowed_on_all():
    everywhere = {
        action
        for document in policy_documents().values()
        for one in document["Statement"]
        if one["Effect"] == "Allow" and "*" in as_list(one["Resource"])
        for action in as_list(one["Action"])
    }
    assert everywhere == {
        "cloudwatch:PutMetricData",
        "glue:ListSessions",
        "athena:ListWorkGroups",
        "athena:ListDataCatalogs",
        "athena:ListEngineVersions",
    }


def test_a_session_writes_every_table_but_those_that_land_and_never_its_own_code():
    writes = allowed(SESSION, "s3:PutObject")
    for table in TABLES.values():
        covered = any(f"arn:aws:s3:::b/{table.prefix}x".startswith(one.rstrip("*")) for one in writes)
        assert covered is (table.zone != "landing"), table.name
    assert "arn:aws:s3:::b/scripts/*" not in writes


def test_a_session_reads_what_the_steps_read_and_no_report():
    reads = allowed(SESSION, "s3:GetObject")
    for table in TABLES.values():
        assert any(f"arn:aws:s3:::b/{table.prefix}x".startswith(one.rstrip("*")) for one in reads), table.name
    assert not [one for one in reads if "reports" in one or one == "arn:aws:s3:::b/*"]


def test_a_scientist_reads_one_table_and_where_its_results_are():
    assert allowed(SCIENTIST, "s3:GetObject") == [
        "arn:aws:s3:::b/step_trainer/curated/*",
        "arn:aws:s3:::b/runs/*",
        "arn:aws:s3:::b/athena-science/*",
    ]
    tables = [one for one in allowed(SCIENTIST, "glue:GetTable") if ":table/" in one]
    catalog = "arn:aws:glue:us-east-1:123456789012:table/stedi"
    assert tables == [f"{catalog}/machine_learning_curated", f"{catalog}/runs"]
    assert not allowed(SCIENTIST, "secretsmanager:GetSecretValue")


def test_the_runner_may_make_the_key_under_that_name_alone():
    made = allowed(RUNNER, "secretsmanager:CreateSecret")
    assert made
    assert all(":secret:stedi/participant-key" in one for one in made)
    assert not allowed(SESSION, "secretsmanager:CreateSecret")


def test_only_the_session_role_is_passed_and_only_to_glue():
    (passed,) = [one for one in policy_documents()[RUNNER]["Statement"] if "iam:PassRole" in as_list(one["Action"])]
    assert passed["Resource"] == role_arns()[SESSION]
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}}
    assert not allowed(SESSION, "iam:PassRole")
    studio = policy_documents(UseStudio="true")[SESSION]["Statement"]
    assert [one["Resource"] for one in studio if one["Action"] == "iam:PassRole"] == [role_arns()[SESSION]]


def test_the_bucket_refuses_identity_to_everybody_else():
    closed = next(one for one in bucket_policy("b")["Statement"] if one["Sid"] == "IdentityOnlyForThePipeline")
    assert sorted(closed["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]) == sorted(role_arns().values())
    for table in TABLES.values():
        covered = any(f"arn:aws:s3:::b/{table.prefix}x".startswith(one.rstrip("*")) for one in closed["Resource"])
        assert covered is not table.for_research, table.name


def test_whatever_holds_data_outlives_the_stack():
    resources = read_stack()["Resources"]
    for name in ("LakeBucket", "LakeBucketPolicy", "ParticipantKey", "ParticipantKeyPolicy", "Database"):
        assert resources[name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert resources[name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize(
    ("role", "action", "resource", "may"),
    [
        (SESSION, "s3:PutObject", "arn:aws:s3:::b/customer/register/run=1/a.parquet", True),
        (SESSION, "s3:PutObject", "arn:aws:s3:::b/customer/landing/a.json", False),
        (SESSION, "s3:PutObject", "arn:aws:s3:::b/scripts/helpers.zip", False),
        (SESSION, "secretsmanager:GetSecretValue", f"{SECRETS}:stedi/participant-key", True),
        (SESSION, "secretsmanager:GetSecretValue", f"{SECRETS}:stedi/participant-key-of-others", False),
        (RUNNER, "secretsmanager:CreateSecret", f"{SECRETS}:stedi/participant-key", True),
        (RUNNER, "secretsmanager:PutSecretValue", f"{SECRETS}:stedi/participant-key", False),
        (SCIENTIST, "s3:GetObject", "arn:aws:s3:::b/step_trainer/curated/run=1/a.parquet", True),
        (SCIENTIST, "s3:GetObject", "arn:aws:s3:::b/customer/register/run=1/a.parquet", False),
        (SCIENTIST, "s3:GetObject", "arn:aws:s3:::b/runs/20260131T070000Z-1a2b3c/02_customer.json", True),
        (SCIENTIST, "s3:GetObject", "arn:aws:s3:::b/runs/20260131T070000Z-1a2b3c/_batch.json", False),
        (SCIENTIST, "s3:GetObject", "arn:aws:s3:::b/runs/_lock.json", False),
        (SCIENTIST, "s3:GetObject", "arn:aws:s3:::b/athena/1.csv", False),
        (SCIENTIST, "glue:GetTable", "arn:aws:glue:us-east-1:123456789012:table/stedi/customer_trusted", False),
        (SCIENTIST, "glue:RunStatement", "arn:aws:glue:us-east-1:123456789012:session/x", False),
    ],
)
def test_the_local_aws_reads_the_policies_as_iam_does(role, action, resource, may):
    document = policy_documents(bucket="b")[role]
    check_document(document)
    assert allows(document, Permission(action, resource, {})) is may

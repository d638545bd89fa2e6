"""Who may do what: the policies of infra/stack.yaml suffice, and not one permission more is taken."""

import copy
import json
import time

import boto3
import papermill
import pytest
from botocore.exceptions import ClientError

from local_aws.lake import open_lake
from local_aws.profile import PROFILE
from local_aws.unkind import Unkind, write_unkind
from runner.aws import use_profile
from runner.paths import NOTEBOOKS
from tests.infra.policies import RUNNER, SCIENTIST, SESSION, policy_documents, role_arns
from tests.pipeline.conftest import BUCKET, complaint, served, stedi

pytestmark = pytest.mark.kernel
ROLE = "arn:aws:iam::123456789012:role/stedi-local"


@pytest.fixture(scope="module")
def lake(sample_run, tmp_path_factory):
    with served(sample_run.copy(tmp_path_factory.mktemp("permissions") / "lake")) as root:
        yield root


@pytest.fixture
def play(lake):
    """Give the person behind the profile, and sessions, the policies of two kinds."""

    def give(user, without=None):
        policies = {"user": of_this_account(user), "session": of_this_account(SESSION)}
        write_unkind(open_lake(lake), Unkind(policies={who: less(one, without) for who, one in policies.items()}))

    yield give
    write_unkind(open_lake(lake), Unkind())


def of_this_account(kind):
    """A policy, with the one role that the local AWS has for the stack's, and its one workgroup."""
    text = json.dumps(policy_documents()[kind])
    for name, here in {role_arns()[SESSION]: ROLE, "stedi-science": "primary", "stedi-pipeline": "primary"}.items():
        text = text.replace(name, here)
    return json.loads(text)


def less(document, action):
    """A policy without one action."""
    found = copy.deepcopy(document)
    for statement in found["Statement"]:
        actions = statement["Action"]
        statement["Action"] = [one for one in ([actions] if isinstance(actions, str) else actions) if one != action]
    return found


@pytest.mark.deep
def test_a_whole_run_needs_no_more_than_is_documented(lake, play):
    play(RUNNER)
    run = stedi("run", "--lake", lake, "--fresh")
    assert run.code == 0, run.out + run.err


@pytest.mark.parametrize(
    ("without", "resource"),
    [
        ("glue:UpdateTable", "arn:aws:glue:us-east-1:123456789012:catalog"),
        ("glue:CreateSession", "session/stedi-"),
        ("iam:PassRole", "role/stedi-local"),
        ("s3:PutObject", "stedi-lakehouse/"),
        ("secretsmanager:DescribeSecret", "secret stedi/participant-key"),
    ],
)
def test_with_one_permission_less_a_run_names_action_and_resource(lake, play, without, resource):
    play(RUNNER, without=without)
    said = complaint(stedi("run", "--lake", lake, "--only", "06", "--set", "match=time_only"), 1)
    assert without in said
    assert resource in said


@pytest.mark.parametrize(
    "command",
    [
        ["query", "select count(*) from machine_learning_curated"],
        ["history", "customer_trusted"],
        ["vacuum", "--privacy"],
        ["clean-sessions"],
        ["runs"],
    ],
    ids=lambda command: command[0],
)
def test_what_the_runner_calls_it_may(lake, play, command):
    play(RUNNER)
    done = stedi(*command, "--lake", lake)
    assert done.code == 0, done.err


def test_notebook_08_runs_with_the_permissions_of_a_scientist(lake, play, tmp_path):
    play(SCIENTIST)
    with use_profile(PROFILE, lake):
        papermill.execute_notebook(
            NOTEBOOKS / "08_explore_curated.ipynb",
            tmp_path / "08.ipynb",
            parameters={"bucket": BUCKET},
            kernel_name="python3",
            progress_bar=False,
        )


FORBIDDEN = {
    "identity in a table": ("s3", "get_object", {"Key": "customer/trusted/x"}),
    "landing files": ("s3", "get_object", {"Key": "customer/landing/a.json"}),
    "the register": ("s3", "get_object", {"Key": "customer/register/x"}),
    "results with identity": ("s3", "get_object", {"Key": "athena/x.csv"}),
    "what is there": ("s3", "list_objects_v2", {"Prefix": "customer/"}),
    "to write": ("s3", "put_object", {"Key": "step_trainer/curated/x", "Body": b""}),
    "to delete": ("s3", "delete_object", {"Key": "step_trainer/curated/x"}),
}


@pytest.mark.parametrize(("service", "operation", "arguments"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_scientist_may_not(lake, play, service, operation, arguments):
    play(SCIENTIST)
    with use_profile(PROFILE, lake):
        call = getattr(boto3.client(service), operation)
        with pytest.raises(ClientError, match="AccessDenied|403"):
            call(Bucket=BUCKET, **arguments)


def test_a_scientist_has_neither_key_nor_session_nor_identity_by_athena(lake, play):
    play(SCIENTIST)
    with use_profile(PROFILE, lake):
        with pytest.raises(ClientError, match="secretsmanager:GetSecretValue"):
            boto3.client("secretsmanager").get_secret_value(SecretId="stedi/participant-key")
        with pytest.raises(ClientError, match="glue:CreateSession"):
            boto3.client("glue").create_session(Id="mine", Role=ROLE, Command={"Name": "glueetl"})
        for table in ("customer_trusted", "customer_register", "accelerometer_trusted", "customer_landing"):
            assert "not authorized" in refused(f"select * from {table}")


def refused(sql):
    """Why Athena fails a query."""
    athena = boto3.client("athena")
    query = athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": "stedi"},
        ResultConfiguration={"OutputLocation": f"s3://{BUCKET}/athena-science/"},
    )["QueryExecutionId"]
    while (found := athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"])["State"] in (
        "QUEUED",
        "RUNNING",
    ):
        time.sleep(0.05)
    assert found["State"] == "FAILED"
    return found["StateChangeReason"]

"""What `stedi doctor` finds, here and in an account, and what it says mends it."""

from datetime import datetime, timezone

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws

from helpers.settings import Settings
from runner.doctor import examine as doctor
from runner.doctor import permissions
from runner.doctor.examine import BAD, GOOD, NOTE, Finding, examine, examine_account, report
from runner.errors import StepFailed

ARN = "arn:aws:iam::123456789012:role/stedi-glue"
SETTINGS = Settings(bucket="stedi-lakehouse", database="stedi")
CALLER = {"Account": "123456789012", "Arn": "arn:aws:sts::123456789012:assumed-role/ci/me", "UserId": "x"}


@pytest.fixture
def stubbed(monkeypatch):
    """AWS as botocore's models have it: each call is held against them, and answered by what a test queues."""
    session = boto3.Session(region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    clients, stubs = {}, {}

    def client(name, **_):
        if name not in clients:
            clients[name] = session.client(name)
            stubs[name] = Stubber(clients[name])
            stubs[name].activate()
        return clients[name]

    monkeypatch.setattr(doctor.boto3, "client", client)
    monkeypatch.setattr(doctor.boto3, "Session", lambda: session)
    for module in (doctor, permissions):
        monkeypatch.setattr(module, "named_role", lambda: ARN)
    for name in ("sts", "s3", "iam", "athena", "secretsmanager", "glue", "service-quotas"):
        client(name)
    return stubs


def trust(service):
    statement = f'{{"Statement": [{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}}}]}}'
    role = {
        "Path": "/",
        "RoleName": "stedi-glue",
        "RoleId": "A" * 16,
        "Arn": ARN,
        "CreateDate": datetime.now(timezone.utc),
    }
    return {"Role": role | {"AssumeRolePolicyDocument": statement}}


def test_the_local_profile_is_looked_at_from_end_to_end_and_nothing_is_made(tmp_path):
    findings = examine("stedi-local", tmp_path / "none", SETTINGS)
    assert {"Python", "kernel", "disk", "Java", "memory", "ports", "credentials", "bucket", "secret"} <= set(findings)
    assert findings["bucket"].state == findings["secret"].state == NOTE
    assert findings["workgroup"].state == GOOD
    assert not (tmp_path / "none").exists()


def test_a_profile_without_a_role_is_one_finding_and_all_else_is_looked_at(tmp_path, monkeypatch):
    (tmp_path / "config").write_text("[profile team]\nregion = us-east-1\n")
    (tmp_path / "credentials").write_text("[team]\naws_access_key_id = a\naws_secret_access_key = b\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setattr(permissions, "_refused", lambda *_: [])  # moto has no simulation of policies,
    monkeypatch.setattr(doctor, "_quotas", lambda: Finding(GOOD, "plenty"))  # and lists no quotas
    with mock_aws():
        findings = examine("team", tmp_path / "none", SETTINGS)
    assert findings["role"].state == BAD
    assert "glue_role_arn" in findings["role"].fix
    looked = {"credentials", "region", "bucket", "workgroup", "secret", "permissions", "quotas"}
    assert looked <= set(findings)
    assert findings["permissions"].state == GOOD


def test_an_unknown_profile_is_a_finding(tmp_path):
    assert examine("no-such-profile", tmp_path, SETTINGS)["profile"].state == BAD


def test_expired_credentials_end_the_look_with_one_line(stubbed):
    stubbed["sts"].add_client_error("get_caller_identity", "ExpiredToken")
    (finding,) = examine_account(SETTINGS, local=False).values()
    assert finding.state == BAD
    assert "expired" in finding.told


def test_no_network_ends_the_look_with_one_line(stubbed, monkeypatch):
    def lost(name, **_):
        raise EndpointConnectionError(endpoint_url="https://sts.eu-central-1.amazonaws.com")

    monkeypatch.setattr(doctor.boto3, "client", lost)
    (finding,) = examine_account(SETTINGS, local=False).values()
    assert "cannot be reached" in finding.told


def test_a_foreign_bucket_a_disabled_workgroup_and_a_wrong_trust_are_told_with_their_fix(stubbed):
    for _ in range(2):
        stubbed["sts"].add_response("get_caller_identity", CALLER)
    stubbed["iam"].add_response("get_role", trust("ec2.amazonaws.com"))
    stubbed["s3"].add_client_error("head_bucket", "403")
    stubbed["athena"].add_response("get_work_group", {"WorkGroup": {"Name": "primary", "State": "DISABLED"}})
    stubbed["secretsmanager"].add_client_error("describe_secret", "ResourceNotFoundException")
    stubbed["iam"].add_client_error("simulate_principal_policy", "AccessDenied")
    stubbed["s3"].add_client_error("list_objects_v2", "AccessDenied")
    stubbed["glue"].add_client_error("get_database", "EntityNotFoundException")
    stubbed["glue"].add_client_error("list_sessions", "AccessDeniedException")
    stubbed["athena"].add_response("get_work_group", {"WorkGroup": {"Name": "primary"}})
    stubbed["secretsmanager"].add_response("describe_secret", {})
    stubbed["service-quotas"].add_client_error("list_service_quotas", "AccessDeniedException", "not authorized")
    findings = examine_account(SETTINGS, local=False)
    wrong = {name: one for name, one in findings.items() if one.state == BAD}
    assert set(wrong) == {"role", "bucket", "workgroup", "permissions"}
    assert "glue.amazonaws.com" in wrong["role"].fix
    assert "update-work-group" in wrong["workgroup"].fix
    assert wrong["permissions"].told == "missing: s3:ListBucket, glue:ListSessions"
    assert findings["quotas"].state == NOTE
    assert "ListServiceQuotas" in findings["quotas"].told


def test_permissions_are_simulated_on_the_resources_of_the_template(stubbed):
    asked = []
    for statement in permissions.granted(CALLER, SETTINGS):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        asked += actions
        denied = "s3:PutObject"
        results = [
            {"EvalActionName": one, "EvalDecision": "implicitDeny" if one == denied else "allowed"} for one in actions
        ]
        stubbed["iam"].add_response("simulate_principal_policy", {"EvaluationResults": results})
    missing, how = permissions.missing_permissions(CALLER, SETTINGS)
    assert missing == ["s3:PutObject"]
    assert "simulation" in how
    assert {"iam:PassRole", "secretsmanager:CreateSecret", "athena:StartQueryExecution"} <= set(asked)


def test_a_full_disk_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "DISK", 1 << 62)
    assert examine("no-such-profile", tmp_path, SETTINGS)["disk"].state == BAD


def test_the_exit_is_not_zero_where_a_run_would_fail():
    said = []
    with pytest.raises(StepFailed, match="a run would fail for: disk"):
        report({"Python": Finding(GOOD, "3.11"), "disk": Finding(BAD, "full", "Free some.")}, said.append)
    assert said[-1].strip() == "fix: Free some."

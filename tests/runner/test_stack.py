"""What a stack's states and events mean for a deployment: CloudFormation as each test says it."""

import pytest
from botocore.exceptions import ClientError

from runner.deploy import deploy as deploying
from runner.deploy import stack, template
from runner.deploy.deploy import show
from runner.errors import StepFailed, UserError
from tests.runner.small_account import BUCKET, refusal


class Played:
    """CloudFormation as a test says it: a stack in a state, and what happened to it."""

    def __init__(self, status, *events):
        self.status, self.events, self.calls, self.parameters = status, events, [], []

    def get_paginator(self, name):
        self.calls.append(name)
        return self

    def paginate(self, StackName):  # noqa: N803 - botocore's name
        if self.status == "DELETED":
            raise refusal("ValidationError", f"Stack with id {StackName} does not exist", "DescribeStacks")
        stack = {"StackName": StackName, "StackStatus": self.status, "Parameters": self.parameters}
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
        deploying.deploy(stack.Stack("stedi", said.append), {}, lambda _: True)
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
        deploying.deploy(stack.Stack("stedi", print), {"BucketName": BUCKET}, lambda _: True)
    assert made == ["CREATE"]


def test_a_stack_that_is_made_anew_is_made_as_the_first_call_wanted_it(monkeypatch):
    client, made = played(monkeypatch, "ROLLBACK_COMPLETE"), {}
    client.parameters = [{"ParameterKey": "BucketName", "ParameterValue": BUCKET}]
    client.parameters += [{"ParameterKey": "AlarmEmail", "ParameterValue": "no address"}]

    def create_change_set(**call):
        made.update({one["ParameterKey"]: one["ParameterValue"] for one in call["Parameters"]})
        raise refusal("ValidationError", "so far")

    client.create_change_set = create_change_set
    monkeypatch.setattr(deploying, "what_to_make", lambda *_: {"MakeBucket": "true"})
    monkeypatch.setattr(deploying, "owns_bucket", lambda _: False)
    with pytest.raises(ClientError, match="so far"):
        deploying.deploy(stack.Stack("stedi", print), {"AlarmEmail": "a@example.com"}, lambda _: True)
    assert (made["BucketName"], made["AlarmEmail"]) == (BUCKET, "a@example.com")


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
        deploying.deploy(stack.Stack("stedi", print), {}, lambda _: True)


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
    stack.Stack("stedi", said.append).execute()
    assert not course
    assert [line.split() for line in said] == [["UPDATE_COMPLETE", "Budget"]]


def test_data_at_risk_stands_out(capsys):
    change = {"Action": "Modify", "LogicalResourceId": "LakeBucket", "ResourceType": "AWS::S3::Bucket"}
    show([change | {"Replacement": "True"}, change | {"Action": "Add", "LogicalResourceId": "Other"}])
    said = capsys.readouterr().out
    assert "replace, DATA AT RISK" in said
    assert said.count("AT RISK") == 1


def test_the_template_fits_into_a_call():
    assert len(template.stack_text().encode()) <= 51_200

"""The stack as CloudFormation has it: its state, what it holds, a change to it, and the wait for that."""

import time
from collections.abc import Callable

import boto3
from botocore.exceptions import ClientError

from runner.deploy.template import stack_text
from runner.errors import StepFailed
from runner.glue.session import TAGS

POLL_SECONDS = 3.0
ABSENT, UNBORN = "ABSENT", "REVIEW_IN_PROGRESS"
BROKEN = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")
"""States of a stack that was never whole: CloudFormation lets it only be deleted ("Understand stack status codes")."""
STUCK = {
    "UPDATE_ROLLBACK_FAILED": "aws cloudformation continue-update-rollback --stack-name {name}, then stedi deploy",
    "DELETE_FAILED": "stedi destroy",
}
_BEGINS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
_NOTHING = ("didn't contain changes", "No updates are to be performed")


class Stack:
    """One stack, by its name."""

    def __init__(self, name: str, say: Callable[[str], None]):
        self.name, self._say = name, say
        self._client = boto3.client("cloudformation")

    def describe(self) -> dict:
        """As DescribeStacks has it; of one that is not there, only its status, ABSENT."""
        try:
            (stack,) = self._client.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            return {"StackStatus": ABSENT}
        return stack if stack["StackStatus"] != "DELETE_COMPLETE" else {"StackStatus": ABSENT}

    @property
    def status(self) -> str:
        """Its status now."""
        return self.describe()["StackStatus"]

    def resources(self) -> dict[str, dict]:
        """What it holds, by its logical name; what it kept no more is left out."""
        if self.status == ABSENT:
            return {}
        pages = self._client.get_paginator("list_stack_resources").paginate(StackName=self.name)
        every = [one for page in pages for one in page["StackResourceSummaries"]]
        return {one["LogicalResourceId"]: one for one in every if not one["ResourceStatus"].startswith("DELETE_")}

    def parameters(self) -> dict[str, str]:
        """The values of its parameters."""
        return {one["ParameterKey"]: one["ParameterValue"] for one in self.describe().get("Parameters", [])}

    def outputs(self) -> dict[str, str]:
        """The values of its outputs."""
        return {one["OutputKey"]: one["OutputValue"] for one in self.describe().get("Outputs", [])}

    def settle(self) -> str:
        """Wait for what somebody else, or an earlier call, began; gives the status then.

        Raises
        ------
        StepFailed
            Where the stack can neither be changed nor deleted, with the call that mends it.
        """
        status = self.status
        if status.endswith("_IN_PROGRESS") and status != UNBORN:
            self._say(f"The stack {self.name} is {status}: waiting for that to end.")
            status = self._await_end(len(self._events()), begun=True)
        return status

    def require_movable(self, status: str) -> None:
        """Refuse a change to a stack that can only be mended by hand, or deleted."""
        if status in STUCK:
            fix = STUCK[status].format(name=self.name)
            raise StepFailed(f"the stack {self.name} is {status}: {self.why_failed()}. What mends it: {fix}")

    def why_failed(self) -> str:
        """The first failure of the last change, which is what the others follow from."""
        events = self._events()
        began = [at for at, one in enumerate(events) if _begins(one)]
        failed = [one for one in events[began[-1] if began else 0 :] if one["ResourceStatus"].endswith("_FAILED")]
        own = [one for one in failed if "cancelled" not in one.get("ResourceStatusReason", "").lower()]
        if not own:
            return "CloudFormation gives no reason"
        return f"{own[0]['LogicalResourceId']}: {own[0].get('ResourceStatusReason', 'no reason given')}"

    def propose(self, kind: str, parameters: dict[str, str], name: str) -> list[dict]:
        """Make a change set; gives its changes, none where nothing would change."""
        call = {"StackName": self.name, "ChangeSetName": name}
        self._client.create_change_set(
            **call,
            ChangeSetType=kind,
            TemplateBody=stack_text(),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": key, "Value": value} for key, value in TAGS.items()],
        )
        while (found := self._client.describe_change_set(**call))["Status"] in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            time.sleep(POLL_SECONDS)
        if found["Status"] == "FAILED":
            self._client.delete_change_set(**call)
            if any(text in found.get("StatusReason", "") for text in _NOTHING):
                return []
            raise StepFailed(f"CloudFormation refuses the change: {found.get('StatusReason')}")
        pages = self._client.get_paginator("describe_change_set").paginate(**call)
        return [one["ResourceChange"] for page in pages for one in page["Changes"]]

    def withdraw(self, name: str) -> None:
        """Take back a change that was proposed, and the empty stack that a first one leaves."""
        self._client.delete_change_set(StackName=self.name, ChangeSetName=name)
        if self.status == UNBORN:
            self.delete()

    def execute(self, name: str) -> None:
        """Do a change that was proposed, and wait; StepFailed with the first failure where it does not succeed."""
        since = len(self._events())
        self._client.execute_change_set(StackName=self.name, ChangeSetName=name)
        status = self._await_end(since, begun=False)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise StepFailed(f"the stack {self.name} is {status}: {self.why_failed()}. Then call stedi deploy again")

    def delete(self) -> None:
        """Delete it, and wait; what it retains stays."""
        since = len(self._events())
        self._client.delete_stack(StackName=self.name)
        status = self._await_end(since, begun=False)
        if status != ABSENT:
            raise StepFailed(f"the stack {self.name} is {status}: {self.why_failed()}. Then call stedi destroy again")

    def _await_end(self, told: int, begun: bool) -> str:
        """Tell the events from that one on until nothing goes on; just after a call the status is still the old one."""
        while True:
            status, events = self.status, self._events()
            for one in events[told:]:
                begun = begun or _begins(one)
                if not one["ResourceStatus"].endswith("_IN_PROGRESS"):
                    self._say(f"  {one['ResourceStatus']:<24} {one['LogicalResourceId']}")
            told = len(events)
            if status == ABSENT or begun and not status.endswith("_IN_PROGRESS"):
                return status
            time.sleep(POLL_SECONDS)

    def _events(self) -> list[dict]:
        """Its events, the oldest first."""
        if self.status == ABSENT:
            return []
        pages = self._client.get_paginator("describe_stack_events").paginate(StackName=self.name)
        return [one for page in pages for one in page["StackEvents"]][::-1]


def _begins(event: dict) -> bool:
    """Whether a change of the whole stack begins with this event."""
    return event["ResourceType"] == "AWS::CloudFormation::Stack" and event["ResourceStatus"] in _BEGINS

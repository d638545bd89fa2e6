"""The stack as CloudFormation has it: its state, a change to it, and the wait for that."""

import time
from collections.abc import Callable

import boto3
from botocore.exceptions import ClientError

from runner.deploy.template import stack_text
from runner.errors import StepFailed
from runner.pipeline.engine import TAGS

POLL_SECONDS = 3.0
ABSENT, UNBORN, DONE = "ABSENT", "REVIEW_IN_PROGRESS", ("CREATE_COMPLETE", "UPDATE_COMPLETE")
BROKEN = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")
"""States of a stack that was never whole: CloudFormation lets it only be deleted ("Understand stack status codes")."""
STUCK = {
    "UPDATE_ROLLBACK_FAILED": "aws cloudformation continue-update-rollback --stack-name {name}, then stedi deploy",
    "DELETE_FAILED": "stedi destroy",
}
"""States of one that takes no change, and what mends it."""
_BEGINS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
_NOTHING = ("didn't contain changes", "No updates are to be performed")


class Stack:
    """One stack, by its name."""

    def __init__(self, name: str, say: Callable[[str], None]):
        self.name, self.say = name, say
        self._client = boto3.client("cloudformation")

    def describe(self) -> dict:
        """As DescribeStacks has it; of one that is not there, only its status, ABSENT."""
        return next(iter(self._ask("describe_stacks", "Stacks")), {"StackStatus": ABSENT})

    def parameters(self) -> dict[str, str]:
        """The values of its parameters."""
        return {one["ParameterKey"]: one["ParameterValue"] for one in self.describe().get("Parameters", [])}

    def outputs(self) -> dict[str, str]:
        """The values of its outputs."""
        return {one["OutputKey"]: one["OutputValue"] for one in self.describe().get("Outputs", [])}

    def settle(self) -> str:
        """Wait for what somebody else, or an earlier call, began; gives the status then."""
        status = self.describe()["StackStatus"]
        if status.endswith("_IN_PROGRESS") and status != UNBORN:
            self.say(f"The stack {self.name} is {status}: waiting for that to end.")
            status = self._await_end(len(self._events()), begun=True)
        return status

    def why_failed(self) -> str:
        """The first failure of the last change, which is what the others follow from."""
        failed = []
        for one in self._events():
            status, reason = one["ResourceStatus"], one.get("ResourceStatusReason", "no reason given")
            if one["ResourceType"] == "AWS::CloudFormation::Stack" and status in _BEGINS:
                failed = []
            if status.endswith("_FAILED") and "cancelled" not in reason.lower():
                failed.append(f"{one['LogicalResourceId']}: {reason}")
        return failed[0] if failed else "CloudFormation gives no reason"

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
        if self.describe()["StackStatus"] == UNBORN:
            self.delete()

    def execute(self, name: str) -> None:
        """Do a change that was proposed, and wait; StepFailed with the first failure where it does not succeed."""
        self._do("deploy", DONE, self._client.execute_change_set, ChangeSetName=name)

    def delete(self) -> None:
        """Delete it, and wait; what it retains stays."""
        self._do("destroy", (ABSENT,), self._client.delete_stack)

    def _do(self, command: str, wanted: tuple[str, ...], begin: Callable[..., object], **call: str) -> None:
        since = len(self._events())
        begin(StackName=self.name, **call)
        if (status := self._await_end(since)) not in wanted:
            raise StepFailed(f"the stack {self.name} is {status}: {self.why_failed()}. Then call stedi {command} again")

    def _await_end(self, told: int, begun: bool = False) -> str:
        """Tell the events from that one on until nothing goes on; just after a call the status is still the old one."""
        while True:
            events = self._events()
            status = self.describe()["StackStatus"]  # after the events: their first says that the status is a new one
            for one in events[told:]:
                begun = True
                if not one["ResourceStatus"].endswith("_IN_PROGRESS"):
                    self.say(f"  {one['ResourceStatus']:<24} {one['LogicalResourceId']}")
            told = len(events)
            if status == ABSENT or begun and not status.endswith("_IN_PROGRESS"):
                return status
            time.sleep(POLL_SECONDS)

    def _events(self) -> list[dict]:
        """Its events, the oldest first."""
        return self._ask("describe_stack_events", "StackEvents")[::-1]

    def _ask(self, method: str, field: str) -> list[dict]:
        """Everything that CloudFormation lists about it; nothing of one that is not there."""
        try:
            pages = self._client.get_paginator(method).paginate(StackName=self.name)
            return [one for page in pages for one in page[field]]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            return []

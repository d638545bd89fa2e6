"""The stack as CloudFormation has it: its state, a change to it, and the wait for that."""

import time
from collections.abc import Callable

import boto3

from runner.aws_errors import find_all
from runner.deploy.template import stack_text
from runner.errors import StepFailed
from runner.pipeline.engine import TAGS

POLL_SECONDS = 3.0
ABSENT, UNBORN = "ABSENT", "REVIEW_IN_PROGRESS"
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
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
    """One stack, by its name, and one change of it."""

    def __init__(self, name: str, say: Callable[[str], None]):
        self.name, self.say = name, say
        self._client = boto3.client("cloudformation")
        self._change = {"StackName": name, "ChangeSetName": f"stedi-{time.strftime('%Y%m%d-%H%M%S')}"}

    def describe(self) -> dict:
        """As DescribeStacks has it; of one that is not there, only its status, ABSENT."""
        found = find_all("cloudformation", "describe_stacks", "Stacks", StackName=self.name)
        return found[0] if found else {"StackStatus": ABSENT}

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

    def propose(self, kind: str, parameters: dict[str, str]) -> list[dict]:
        """Make the change set; gives its changes, none where nothing would change."""
        client, change = self._client, self._change
        client.create_change_set(
            **change,
            ChangeSetType=kind,
            TemplateBody=stack_text(),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": key, "Value": value} for key, value in TAGS.items()],
        )
        while (found := client.describe_change_set(**change))["Status"] in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            time.sleep(POLL_SECONDS)
        if found["Status"] == "FAILED":
            client.delete_change_set(**change)
            if any(text in found.get("StatusReason", "") for text in _NOTHING):
                return []
            raise StepFailed(f"CloudFormation refuses the change: {found.get('StatusReason')}")
        return [one["ResourceChange"] for one in find_all("cloudformation", "describe_change_set", "Changes", **change)]

    def withdraw(self) -> None:
        """Take back the change that was proposed, and the empty stack that a first one leaves."""
        self._client.delete_change_set(**self._change)
        if self.describe()["StackStatus"] == UNBORN:
            self.delete()

    def execute(self) -> None:
        """Do the change that was proposed, and wait; StepFailed with the first failure where it does not succeed."""
        self._do("deploy", DONE, self._client.execute_change_set, **self._change)

    def delete(self) -> None:
        """Delete it, and wait; what it retains stays."""
        self._do("destroy", (ABSENT,), self._client.delete_stack, StackName=self.name)

    def _do(self, command: str, wanted: tuple[str, ...], begin: Callable[..., object], **call: str) -> None:
        since = len(self._events())
        begin(**call)
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
        return find_all("cloudformation", "describe_stack_events", "StackEvents", StackName=self.name)[::-1]

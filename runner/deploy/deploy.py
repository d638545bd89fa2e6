"""`stedi deploy`: the stack, what it runs, and how to go on; called again, it goes on or changes nothing."""

from collections.abc import Callable

from rich.table import Table

from helpers.tables import LANDING, TABLES, tables_of
from runner.console import print_table
from runner.deploy.stack import ABSENT, BROKEN, STUCK, UNBORN, Stack
from runner.deploy.standing import protect, what_to_make
from runner.deploy.template import read_stack
from runner.errors import StepFailed, UserError
from runner.pipeline.scripts import owns_bucket, package_key, upload_scripts, zip_project

VERBS = {"Add": "make", "Modify": "change", "Remove": "remove", "Import": "take in", "Dynamic": "may change"}
REPLACES = {"True": "replace", "Conditional": "may replace"}
DATA = ("AWS::S3::Bucket", "AWS::SecretsManager::Secret", "AWS::Glue::Database")
"""What holds data: a stack that removes or replaces one says so in red."""


def deploy(stack: Stack, wishes: dict[str, str | None], ask: Callable[[str], bool]) -> dict[str, str]:
    """Bring the stack to what the template and the wishes say; gives its outputs.

    ``wishes`` has parameters of the template; None for what stays as it is, or as the template has it.

    Raises
    ------
    UserError, StepFailed
        In one line: what stands in the way, or what failed first.
    """
    status, before = stack.settle(), stack.parameters()
    wishes = {name: value for name, value in wishes.items() if value is not None}
    if status in STUCK:
        fix = STUCK[status].format(name=stack.name)
        raise StepFailed(f"the stack {stack.name} is {status}: {stack.why_failed()}. What mends it: {fix}")
    if status in BROKEN:
        stack.say(
            f"The stack {stack.name} is {status}, since its creation failed: {stack.why_failed()}. It is made anew."
        )
        if not ask("Go on?"):
            raise UserError("Nothing was changed.")
        stack.delete()
    is_new = status in (ABSENT, UNBORN, *BROKEN)
    if is_new:  # what an earlier call named and did not make is wished for still
        wishes, before = before | wishes, {}
    package = zip_project()
    chosen = _choose(stack.name, before, wishes)
    chosen |= what_to_make(chosen, before, stack.say) | {"PackageKey": package_key(package)}
    bucket, code = chosen["BucketName"], {chosen["PackageKey"]: package}
    if owns_bucket(bucket):
        upload_scripts(bucket, code)  # first, so that no night is told to run what is not there yet
    if changes := stack.propose("CREATE" if is_new else "UPDATE", chosen):
        show(changes)
        if not ask("Go on?"):
            stack.withdraw()
            raise UserError("Nothing was changed.")
        stack.execute()
        upload_scripts(bucket, code)
    else:
        stack.say(f"The stack {stack.name} is as it should be: nothing to change.")
    outputs = stack.outputs()
    protect(chosen, outputs, stack.say)
    return outputs


def _choose(stack: str, before: dict[str, str], wishes: dict[str, str]) -> dict[str, str]:
    """Every parameter of the template: as wished, else as it is, else as the template has it."""
    known = read_stack()["Parameters"]
    chosen = {name: wishes.get(name, before.get(name, one.get("Default"))) for name, one in known.items()}
    if not chosen["BucketName"]:
        raise UserError("A new stack needs a bucket of your own: stedi deploy --bucket NAME.")
    for what, name in (("bucket", "BucketName"), ("database", "DatabaseName")):
        if before.get(name, chosen[name]) != chosen[name]:
            raise UserError(f"The stack {stack} is about the {what} {before[name]}: another needs another --stack.")
    return {name: str(value) for name, value in chosen.items()}


def show(changes: list[dict]) -> None:
    """The change set as a table: what is made, changed, replaced and removed, with data at risk in red."""
    table = Table("what happens", "to", "of type", "because of")
    for one in sorted(changes, key=lambda one: (one["Action"], one["LogicalResourceId"])):
        verb = REPLACES.get(one.get("Replacement"), VERBS[one["Action"]])
        risk = one["ResourceType"] in DATA and verb in (*REPLACES.values(), "remove")
        names = {detail.get("Target", {}).get("Name") for detail in one.get("Details", [])} - {None}
        told = (verb + ", DATA AT RISK" if risk else verb, one["LogicalResourceId"], one["ResourceType"])
        table.add_row(*told, ", ".join(sorted(names)), style="bold red" if risk else None)
    print_table(table)


def tell_outputs(outputs: dict[str, str], region: str, say: Callable[[str], None]) -> None:
    """The outputs, and the next command."""
    for name, value in sorted(outputs.items()):
        say(f"{name:<24} {value}")
    say("Next, put the landing files into the bucket and start a night by hand:")
    for place in (TABLES[name].prefix for name in tables_of(LANDING)):
        say(f"  aws s3 sync DIR/{place} s3://{outputs['Bucket']}/{place} --region {region}")
    say(f"  aws codebuild start-build --project-name {outputs['NightlyBatchName']} --region {region}")

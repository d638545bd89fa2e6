"""`stedi destroy`: the stack goes, data stays, unless its bucket is named."""

from collections.abc import Callable

import boto3

from helpers.tables import TABLES
from runner.aws_errors import find
from runner.deploy.stack import ABSENT, Stack
from runner.errors import StepFailed, UserError
from runner.glue.session import await_end, live_sessions
from runner.lake.lakehouse import has_own_database
from runner.lake.leftovers import stop_all
from runner.pipeline.jobs import SCRIPTS
from runner.pipeline.scripts import owns_bucket

RECOVERY_DAYS = 7
"""For so long the key can be brought back (AWS Secrets Manager, "Delete a secret"); meanwhile it does not bill."""
OWN = {table.prefix.partition("/")[0] for table in TABLES.values()}
OWN |= {"runs", "athena", "athena-science", "sparkHistoryLogs", "scripts", "studio", "reports", "erasures"}
"""What stands at the top of a lake's bucket."""


def destroy(stack: Stack, bucket: str | None, names: dict[str, str], ask: Callable[[str], bool]) -> None:
    """Take the stack away, and with the bucket's name everything that it kept.

    ``names`` has ``DatabaseName`` and ``SecretName``, where the stack is gone already and cannot tell them.
    """
    status, parameters = stack.settle(), names | stack.parameters()
    own = parameters.get("BucketName")
    if bucket and own and bucket != own:
        raise UserError(f"The stack {stack.name} is about the bucket {own}, not {bucket}: nothing was changed.")
    if not own and not bucket:
        stack.say(f"There is no stack {stack.name}: nothing to take away.")
        return
    if bucket:
        _require_lake(bucket, parameters["DatabaseName"])
    kept = f"bucket {own}, its tables and the key of the participants stay"
    gone = f"and for good every object of the bucket {bucket}, its tables and the key of the participants"
    if not ask(f"Take away the stack {stack.name}; {gone if bucket else kept}. Go on?"):
        raise UserError("Nothing was changed.")
    sessions = live_sessions()  # they bill on without a stack, and nothing would look after them any more
    if troubles := stop_all(sessions):
        raise StepFailed(f"Glue sessions could not be stopped and bill: {'; '.join(troubles)}")
    for session in sessions:
        await_end(session["Id"])
        stack.say(f"Stopped the Glue session {session['Id']}.")
    for step in SCRIPTS:  # the notebooks in Glue Studio; a job that is not there is none to Glue either
        boto3.client("glue").delete_job(JobName=f"{stack.name}-{step}")
    if status != ABSENT:
        stack.delete()
        stack.say(f"The stack {stack.name} is gone; what it kept bills for storage, the key 0.40 dollars a month.")
    if bucket:
        _delete_data(bucket, parameters["DatabaseName"], parameters["SecretName"], stack.say)


def _require_lake(bucket: str, database: str) -> None:
    """Refuse what holds something that this project puts nowhere: it may be named by mistake."""
    has_own_database(database, bucket)
    top = boto3.client("s3").list_objects_v2(Bucket=bucket, Delimiter="/") if owns_bucket(bucket) else {}
    found = [one["Prefix"] for one in top.get("CommonPrefixes", [])] + [one["Key"] for one in top.get("Contents", [])]
    for name in found:
        if name.removesuffix("/") not in OWN:
            raise UserError(f"The bucket {bucket} holds {name}, which is no lake's: take it away first, or by hand.")


def _delete_data(bucket: str, database: str, secret: str, say: Callable[[str], None]) -> None:
    """What a stack keeps; each part may be gone already, since an earlier call may have been interrupted."""
    if owns_bucket(bucket):
        whole = boto3.resource("s3").Bucket(bucket)
        for error in (error for answer in whole.object_versions.delete() for error in answer.get("Errors", [])):
            raise StepFailed(f"{error['Key']} could not be deleted: {error['Message']}")
        whole.delete()
        say(f"The bucket {bucket} is gone.")
    if find("glue", "delete_database", Name=database):
        say(f"The database {database} is gone.")
    key = find("secretsmanager", "describe_secret", SecretId=secret)
    if key and not key.get("DeletedDate"):
        boto3.client("secretsmanager").delete_secret(SecretId=secret, RecoveryWindowInDays=RECOVERY_DAYS)
        say(f"The secret {secret} is gone in {RECOVERY_DAYS} days: aws secretsmanager restore-secret brings it back.")

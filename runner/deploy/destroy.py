"""`stedi destroy`: the stack goes, data stays, unless its bucket is named."""

from collections.abc import Callable

import boto3

from helpers.tables import TABLES
from runner.deploy.stack import ABSENT, Stack
from runner.deploy.standing import find, foreign_table
from runner.errors import StepFailed, UserError
from runner.glue.session import await_end, live_sessions, stop_session
from runner.pipeline.scripts import owns_bucket

RECOVERY_DAYS = 7
"""For so long the key can be brought back (AWS Secrets Manager, "Delete a secret"); meanwhile it does not bill."""

OWN = {table.prefix.partition("/")[0] + "/" for table in TABLES.values()}
OWN |= {
    f"{name}/"
    for name in ["runs", "athena", "athena-science", "sparkHistoryLogs", "scripts", "studio", "reports", "erasures"]
}
"""What stands at the top of a lake's bucket."""


def destroy(
    stack: Stack, bucket: str | None, names: dict[str, str], ask: Callable[[str], bool], say: Callable[[str], None]
) -> None:
    """Take the stack away, and with the bucket's name everything that it kept.

    Parameters
    ----------
    names : dict
        ``database`` and ``secret``, where the stack is gone already and cannot tell them.
    ask : callable
        Asks whether the sentence that it is given is wanted.
    """
    stack.settle()
    parameters = stack.parameters()
    own = parameters.get("BucketName")
    if bucket and own and bucket != own:
        raise UserError(f"The stack {stack.name} is about the bucket {own}, not {bucket}: nothing was changed.")
    if not own and not bucket:
        say(f"There is no stack {stack.name}: nothing to take away.")
        return
    database = parameters.get("DatabaseName", names["database"])
    if bucket:
        _require_lake(bucket, database)
    kept = f"bucket {own}, its tables and the key of the participants stay"
    gone = f"and for good every object of the bucket {bucket}, its tables and the key of the participants"
    if not ask(f"Take away the stack {stack.name}; {gone if bucket else kept}"):
        raise UserError("Nothing was changed.")
    _stop_sessions(say)
    _delete_studio(own or bucket)
    if stack.status != ABSENT:
        stack.delete()
        say(f"The stack {stack.name} is gone; what it kept bills for storage, the key 0.40 dollars a month.")
    if bucket:
        _delete_data(bucket, database, parameters.get("SecretName", names["secret"]), say)


def _require_lake(bucket: str, database: str) -> None:
    """Refuse what holds something that this project puts nowhere: it may be named by mistake."""
    if find("glue", "get_database", Name=database) and (foreign := foreign_table(database, bucket)):
        raise UserError(f"The database {database} holds {foreign}, which is no lake's: take it away first.")
    if not owns_bucket(bucket):
        return
    top = boto3.client("s3").list_objects_v2(Bucket=bucket, Delimiter="/")
    found = [one["Prefix"] for one in top.get("CommonPrefixes", [])] + [one["Key"] for one in top.get("Contents", [])]
    foreign = [name for name in found if name not in OWN]
    if foreign:
        raise UserError(f"The bucket {bucket} holds {foreign[0]}, which is no lake's: take it away first, or by hand.")


def _stop_sessions(say: Callable[[str], None]) -> None:
    """Sessions bill on without a stack, and nothing would look after them any more."""
    for session in live_sessions():
        trouble = stop_session(session["Id"])
        if trouble:
            raise StepFailed(f"the Glue session {session['Id']} could not be stopped and bills: {trouble}")
        await_end(session["Id"])
        say(f"Stopped the Glue session {session['Id']}.")


def _delete_studio(bucket: str) -> None:
    """The notebooks in Glue Studio: those jobs whose script is under studio/ in the bucket."""
    glue = boto3.client("glue")
    for page in glue.get_paginator("get_jobs").paginate():
        for job in page["Jobs"]:
            if job["Command"].get("ScriptLocation", "").startswith(f"s3://{bucket}/studio/"):
                glue.delete_job(JobName=job["Name"])


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

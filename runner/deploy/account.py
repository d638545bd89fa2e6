"""What a run needs of its AWS account: credentials, role, bucket, workgroup, secret, permissions, quotas."""

import json
import re
from collections.abc import Callable

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from helpers.settings import Settings
from runner.aws_errors import error_code, explain, is_denied
from runner.deploy.finding import Finding, bad, good, note
from runner.deploy.standing import MISSING, find, flaws
from runner.deploy.template import NAME, fill, statements_of
from runner.errors import UserError
from runner.glue.session import named_role, role_arn
from runner.pipeline.scripts import owns_bucket

_ASSUMED = re.compile(r"^arn:(aws[\w-]*):sts::(\d+):assumed-role/([^/]+)/.*$")
_MAKES_IT = "The first `stedi run` makes it, or `stedi deploy`."
_AGAIN = "Mend it, then call stedi doctor again."


def check_account(settings: Settings, local: bool) -> list[Finding]:
    """What was found under the profile that is in use; the local AWS has no IAM policies and no quotas to ask."""
    try:
        caller = boto3.client("sts").get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        return [bad("credentials", explain(error), "Then call stedi doctor again.")]
    found = [
        good("credentials", f"account {caller['Account']}, as {caller['Arn']}"),
        good("region", str(boto3.Session().region_name)),
    ]
    checks = [
        ("bucket", lambda: _bucket(settings.bucket, local)),
        ("workgroup", lambda: _workgroup(settings.workgroup)),
        ("secret", lambda: _secret(settings.participant_key)),
    ]
    if not local:
        checks = [("role", _role), *checks, ("permissions", lambda: _permissions(caller, settings))]
        checks += [("quotas", _quotas)]
    return found + [_looked(what, check) for what, check in checks]


def _looked(what: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except UserError as error:
        return bad(what, str(error), _AGAIN)
    except (ClientError, BotoCoreError) as error:
        return note(what, f"not looked at. {explain(error)}") if is_denied(error) else bad(what, explain(error), _AGAIN)


def _role() -> Finding:
    if not named_role():
        fix = "stedi deploy makes one; its output SessionRoleArn is that of the line glue_role_arn = … in the profile."
        return bad("role", "The profile names no Glue role, which every session needs", fix)
    arn = role_arn()
    found = find("iam", "get_role", RoleName=arn.rpartition("/")[2])
    if not found:
        return bad("role", f"There is no role {arn}", "stedi deploy makes it; its outputs name it for glue_role_arn.")
    if "glue.amazonaws.com" in json.dumps(found["Role"]["AssumeRolePolicyDocument"]):
        return good("role", f"{arn}, which Glue may assume")
    fix = "Let its trust policy allow glue.amazonaws.com sts:AssumeRole."
    return bad("role", f"Glue may not assume {arn}", fix)


def _bucket(bucket: str, local: bool) -> Finding:
    if not owns_bucket(bucket):
        return note("bucket", f"There is no bucket {bucket} yet", _MAKES_IT)
    for flaw, fix in () if local else flaws(bucket):
        return note("bucket", f"{bucket} {flaw}", fix)
    return good("bucket", f"{bucket}, yours" + ("" if local else ", encrypted, closed to the public"))


def _workgroup(name: str) -> Finding:
    group = find("athena", "get_work_group", WorkGroup=name)
    if not group:
        fix = "stedi deploy makes one, its output PipelineWorkGroupName: name it with --workgroup."
        return bad("workgroup", f"There is no workgroup {name}", fix)
    if group["WorkGroup"].get("State", "ENABLED") == "ENABLED":
        return good("workgroup", f"{name} is enabled")
    fix = f"aws athena update-work-group --work-group {name} --state ENABLED"
    return bad("workgroup", f"{name} is disabled", fix)


def _secret(name: str) -> Finding:
    secret = find("secretsmanager", "describe_secret", SecretId=name)
    if not secret:
        return note("secret", f"There is no secret {name} yet", _MAKES_IT)
    if secret.get("DeletedDate"):
        fix = f"aws secretsmanager restore-secret --secret-id {name}"
        return bad("secret", f"{name} is to be deleted", fix)
    return good("secret", name)


def _permissions(caller: dict, settings: Settings) -> Finding:
    """By IAM's simulation of all that the template grants the runner; where that is not allowed, by trying."""
    statements = _granted(caller, settings)
    try:
        missing = [action for one in statements for action in _refused(caller["Arn"], one)]
    except ClientError as error:
        if not is_denied(error) and error_code(error) not in (*MISSING, "InvalidInput"):
            raise
        return _tried(settings)
    return _verdict(sorted(set(missing)), f"{len(statements)} statements of the runner's policy, by IAM's simulation")


def _granted(caller: dict, settings: Settings) -> list[dict]:
    account, partition = caller["Account"], caller["Arn"].split(":")[1]
    values = {"AWS::AccountId": account, "AWS::Partition": partition, "AWS::Region": boto3.Session().region_name}
    values |= {"AWS::StackName": NAME, "BucketName": settings.bucket, "DatabaseName": settings.database}
    statements = fill(statements_of("RunnerRole"), values | {"SecretName": settings.participant_key})
    for one in statements:
        if "iam:PassRole" in one["Action"]:
            one["Resource"] = named_role() or one["Resource"]
        if "athena:GetWorkGroup" in one["Action"]:
            one["Resource"] = one["Resource"].rpartition("/")[0] + f"/{settings.workgroup}"
    return [one for one in statements if "logs:PutLogEvents" not in one["Action"]]


def _refused(caller: str, statement: dict) -> list[str]:
    """The actions of a statement that the caller may not do on its resources (IAM, "SimulatePrincipalPolicy")."""
    actions, resources = (
        [one] if isinstance(one, str) else one for one in (statement["Action"], statement["Resource"])
    )
    context = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in statement.get("Condition", {}).get("StringEquals", {}).items()
    ]
    pages = (
        boto3.client("iam")
        .get_paginator("simulate_principal_policy")
        .paginate(
            PolicySourceArn=_ASSUMED.sub(r"arn:\1:iam::\2:role/\3", caller),
            ActionNames=actions,
            ResourceArns=resources,
            ContextEntries=context,
        )
    )
    results = [result for page in pages for result in page["EvaluationResults"]]
    return [one["EvalActionName"] for one in results if one["EvalDecision"] != "allowed"]


def _tried(settings: Settings) -> Finding:
    tries = {
        "s3:ListBucket": lambda: boto3.client("s3").list_objects_v2(Bucket=settings.bucket, MaxKeys=1),
        "glue:GetDatabase": lambda: boto3.client("glue").get_database(Name=settings.database),
        "glue:ListSessions": lambda: boto3.client("glue").list_sessions(MaxResults=1),
        "athena:GetWorkGroup": lambda: boto3.client("athena").get_work_group(WorkGroup=settings.workgroup),
        "secretsmanager:DescribeSecret": lambda: boto3.client("secretsmanager").describe_secret(
            SecretId=settings.participant_key
        ),
    }
    return _verdict([action for action, attempt in tries.items() if _is_denied(attempt)], f"{len(tries)} reads, tried")


def _is_denied(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except ClientError as error:
        return is_denied(error)
    return False


def _verdict(missing: list[str], how: str) -> Finding:
    if not missing:
        return good("permissions", how)
    fix = (
        "Use the stack's runner role and its workgroup (its outputs RunnerRoleArn and PipelineWorkGroupName), or grant "
        "what infra/stack.yaml gives RunnerRole."
    )
    return bad("permissions", f"missing: {', '.join(missing)}", fix)


def _quotas() -> Finding:
    """Glue's quotas of sessions and of data processing units, as this account has them."""
    pages = boto3.client("service-quotas").get_paginator("list_service_quotas").paginate(ServiceCode="glue")
    quotas = [one for page in pages for one in page["Quotas"] if re.search(r"session|DPU", one["QuotaName"], re.I)]
    used_up = [one for one in quotas if one["Value"] < 2]
    told = "; ".join(f"{one['QuotaName']}: {one['Value']:g}" for one in quotas) or "none of sessions or DPUs is listed"
    if used_up:
        return bad("quotas", told, "A run needs one session of 2 DPUs: ask for more in the Service Quotas console.")
    return good("quotas", told)

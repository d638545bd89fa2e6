"""What a profile may not do of what a run does: by IAM's simulation, or by trying."""

import re

import boto3
from botocore.exceptions import ClientError

from helpers.settings import Settings
from runner.aws_errors import MISSING, error_code, find, is_denied
from runner.deploy.template import NAME, fill, statements_of
from runner.glue.session import named_role

_ASSUMED = re.compile(r"^arn:(aws[\w-]*):sts::(\d+):assumed-role/([^/]+)/.*$")


def missing_permissions(caller: dict, settings: Settings) -> tuple[list[str], str]:
    """The actions that are missing of all that the template grants the runner, and how that was found out."""
    statements = granted(caller, settings)
    try:
        missing = {action for one in statements for action in _refused(caller["Arn"], one)}
        return sorted(missing), f"{len(statements)} statements of the runner's policy, by IAM's simulation"
    except ClientError as error:
        if not is_denied(error) and error_code(error) not in (*MISSING, "InvalidInput"):
            raise
        return _tried(settings), "what reads, tried"


def granted(caller: dict, settings: Settings) -> list[dict]:
    """The statements of the runner's policies, about the role and the workgroup that this profile uses."""
    values = {"AWS::AccountId": caller["Account"], "AWS::Partition": caller["Arn"].split(":")[1]}
    values |= {"AWS::Region": boto3.Session().region_name, "AWS::StackName": NAME}
    values |= {"BucketName": settings.bucket, "DatabaseName": settings.database}
    values |= {"SecretName": settings.participant_key, "SessionRole.Arn": named_role() or "*"}
    statements = fill(statements_of("RunnerRole"), values)
    for one in statements:
        if "athena:GetWorkGroup" in one["Action"]:
            one["Resource"] = one["Resource"].rpartition("/")[0] + f"/{settings.workgroup}"
    return [one for one in statements if "logs:PutLogEvents" not in one["Action"]]


def _refused(caller: str, statement: dict) -> list[str]:
    """The actions of a statement that the caller may not do on its resources (IAM, "SimulatePrincipalPolicy")."""
    actions, resources = ([one] if isinstance(one, str) else one for one in map(statement.get, ("Action", "Resource")))
    context = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in statement.get("Condition", {}).get("StringEquals", {}).items()
    ]
    simulation = boto3.client("iam").get_paginator("simulate_principal_policy")
    role = _ASSUMED.sub(r"arn:\1:iam::\2:role/\3", caller)
    call = {"ActionNames": actions, "ResourceArns": resources, "ContextEntries": context}
    results = [one for page in simulation.paginate(PolicySourceArn=role, **call) for one in page["EvaluationResults"]]
    return [one["EvalActionName"] for one in results if one["EvalDecision"] != "allowed"]


def _tried(settings: Settings) -> list[str]:
    """The actions that are denied, of those that only read."""
    tries = {
        "s3:ListBucket": ("s3", "list_objects_v2", {"Bucket": settings.bucket, "MaxKeys": 1}),
        "glue:GetDatabase": ("glue", "get_database", {"Name": settings.database}),
        "glue:ListSessions": ("glue", "list_sessions", {"MaxResults": 1}),
        "athena:GetWorkGroup": ("athena", "get_work_group", {"WorkGroup": settings.workgroup}),
        "secretsmanager:DescribeSecret": ("secretsmanager", "describe_secret", {"SecretId": settings.participant_key}),
    }
    denied = []
    for action, (service, method, call) in tries.items():
        try:
            find(service, method, **call)
        except ClientError as error:
            if is_denied(error):
                denied.append(action)
    return denied

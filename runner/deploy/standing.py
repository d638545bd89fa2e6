"""What stands in the account already, whichever stack or run made it: data outlives the stack."""

import json
from collections.abc import Callable, Iterator

import boto3
from botocore.exceptions import ClientError

from runner.aws_errors import error_code
from runner.deploy.template import fill, read_stack
from runner.errors import UserError
from runner.pipeline.scripts import owns_bucket

OUTLIVE = {
    "MakeBucket": "LakeBucket",
    "MakeKey": "ParticipantKey",
    "MakeDatabase": "Database",
    "MakeSessionLogs": "SessionOutput",
    "MakeJobLogs": "JobOutput",
}
"""Parameter -> the resource that the stack makes only where it is not there."""
MISSING = (
    *("404", "NoSuchBucket", "NoSuchEntity", "ResourceNotFoundException", "EntityNotFoundException"),
    *("NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration", "ServerSideEncryptionConfigurationNotFoundError"),
)


def find(service: str, method: str, **call: object) -> dict | None:
    """AWS's answer about one thing; None where there is none."""
    try:
        return getattr(boto3.client(service), method)(**call)
    except ClientError as error:
        # To Athena a workgroup that is not there is one more InvalidRequestException.
        if error_code(error) not in MISSING and "is not found" not in str(error):
            raise
        return None


def what_to_make(
    stack: str, held: dict[str, dict], chosen: dict[str, str], say: Callable[[str], None]
) -> dict[str, str]:
    """The ``Make...`` parameters: a resource that stands outside of the stack is used as it is, and that is told.

    Raises
    ------
    UserError
        If something of these names is somebody else's or in another region, would not protect the data as the stack's
        own does, or is to be deleted; in one line, with what mends it.
    """
    bucket, database, secret = chosen["BucketName"], chosen["DatabaseName"], chosen["SecretName"]
    for name, group in (("PipelineWorkGroup", f"{stack}-pipeline"), ("ScienceWorkGroup", f"{stack}-science")):
        if name not in held and (find("athena", "get_work_group", WorkGroup=group) or {}).get("WorkGroup"):
            raise UserError(
                f"The Athena workgroup {group} stands already, and the stack makes its own: aws athena "
                f"delete-work-group --work-group {group} --recursive-delete-option, or name another --stack."
            )
    there = {
        "MakeBucket": (f"bucket {bucket}", lambda: _is_safe_bucket(bucket)),
        "MakeKey": (f"secret {secret}", lambda: _has_secret(secret)),
        "MakeDatabase": (f"database {database}", lambda: _has_database(database, bucket)),
        "MakeSessionLogs": ("log groups of Glue's sessions", lambda: _has_logs("/aws-glue/sessions/")),
        "MakeJobLogs": ("log groups of Glue's jobs", lambda: _has_logs("/aws-glue/jobs/")),
    }
    used = {name: told for name, (told, look) in there.items() if OUTLIVE[name] not in held and look()}
    if used:
        say(f"Stands already, and is used as it is: {', '.join(used.values())}.")
    return {name: "false" if name in used else "true" for name in there}


def flaws(bucket: str) -> Iterator[tuple[str, str]]:
    """Where a bucket protects less than the stack's own, each with the call that mends it."""
    name = {"Bucket": bucket}
    rules = find("s3", "get_bucket_encryption", **name)
    for rule in rules["ServerSideEncryptionConfiguration"]["Rules"] if rules else ():
        algorithm = rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "AES256")
        if algorithm != "AES256":
            fix = f"aws s3api delete-bucket-encryption --bucket {bucket} brings back SSE-S3"
            yield f"is encrypted by {algorithm}, for which the stack's roles have no permission", fix
    access = (find("s3", "get_public_access_block", **name) or {}).get("PublicAccessBlockConfiguration", {})
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    if not all(access.get(block) for block in blocks):
        wanted = ",".join(f"{block}=true" for block in blocks)
        call = f"aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration {wanted}"
        yield "does not block public access", call
    if foreign := _foreign_statements(find("s3", "get_bucket_policy", **name), "Policy", "LakeBucketPolicy"):
        yield f"has a policy that is not the lake's ({foreign})", f"aws s3api delete-bucket-policy --bucket {bucket}"


def protect(chosen: dict[str, str], outputs: dict[str, str], say: Callable[[str], None]) -> None:
    """Give the bucket and the key that the stack does not make the policies that its own would have.

    CloudFormation refuses to make a policy where there is one, and kept data keeps its own until this puts the new
    roles into it: at no moment it has none.
    """
    values = {f"{name}.Arn": outputs[f"{name}Arn"] for name in ("SessionRole", "RunnerRole")}
    values |= {"AWS::Partition": outputs["SessionRoleArn"].split(":")[1], "BucketName": chosen["BucketName"]}
    bucket, secret = {"Bucket": chosen["BucketName"]}, {"SecretId": chosen["SecretName"]}
    if chosen["MakeBucket"] == "false":
        policy = fill(_policy("LakeBucketPolicy"), values)
        if not _is_equal((find("s3", "get_bucket_policy", **bucket) or {}).get("Policy"), policy):
            boto3.client("s3").put_bucket_policy(**bucket, Policy=json.dumps(policy))
            say(f"The bucket {chosen['BucketName']} has the lake's policy: TLS only, identity for the stack's roles.")
    if chosen["MakeKey"] == "false":
        policy, secrets = fill(_policy("ParticipantKeyPolicy"), values), boto3.client("secretsmanager")
        if not _is_equal(secrets.get_resource_policy(**secret).get("ResourcePolicy"), policy):
            secrets.put_resource_policy(**secret, ResourcePolicy=json.dumps(policy), BlockPublicPolicy=True)
            say(f"The secret {chosen['SecretName']} has the lake's policy: only the stack's roles read it.")


def _is_safe_bucket(bucket: str) -> bool:
    if not owns_bucket(bucket):
        return False
    for flaw, fix in flaws(bucket):
        raise UserError(f"The bucket {bucket} {flaw}: {fix}, or name another with --bucket.")
    return True


def _has_secret(name: str) -> bool:
    found = find("secretsmanager", "describe_secret", SecretId=name)
    if not found:
        return False
    if found.get("DeletedDate"):
        raise UserError(
            f"The secret {name} is to be deleted: aws secretsmanager restore-secret --secret-id {name} keeps it, and "
            "with it every participant's id."
        )
    answer = boto3.client("secretsmanager").get_resource_policy(SecretId=name)
    if foreign := _foreign_statements(answer, "ResourcePolicy", "ParticipantKeyPolicy"):
        raise UserError(
            f"The secret {name} has a policy that is not the lake's ({foreign}): aws secretsmanager "
            f"delete-resource-policy --secret-id {name}"
        )
    return True


def _has_database(name: str, bucket: str) -> bool:
    if not find("glue", "get_database", Name=name):
        return False
    if foreign := foreign_table(name, bucket):
        raise UserError(f"The database {name} holds {foreign}: name another with --database.")
    return True


def foreign_table(database: str, bucket: str) -> str | None:
    """A table of a database whose files are not in the bucket; None where there is none."""
    for page in boto3.client("glue").get_paginator("get_tables").paginate(DatabaseName=database):
        for table in page["TableList"]:
            location = table.get("StorageDescriptor", {}).get("Location")
            if location and not location.startswith(f"s3://{bucket}/"):
                return f"the table {table['Name']} of {location}"
    return None


def _has_logs(prefix: str) -> bool:
    found = boto3.client("logs").describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    return any(one["logGroupName"] in (f"{prefix}output", f"{prefix}error") for one in found)


def _policy(name: str) -> dict:
    properties = read_stack()["Resources"][name]["Properties"]
    return properties.get("PolicyDocument") or properties["ResourcePolicy"]


def _foreign_statements(answer: dict | None, field: str, name: str) -> str:
    """What a policy says that the template's does not, by its Sids; blank where there is nothing, or no policy."""
    own = {one["Sid"] for one in _policy(name)["Statement"]}
    document = json.loads((answer or {}).get(field) or '{"Statement": []}')
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    return ", ".join(one.get("Sid", one["Effect"]) for one in statements if one.get("Sid") not in own)


def _is_equal(text: str | None, policy: dict) -> bool:
    """Whether a policy says what the template says; AWS gives lists back in an order of its own."""
    return bool(text) and _sorted(json.loads(text)) == _sorted(policy)


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {key: _sorted(one) for key, one in value.items()}
    return sorted(map(json.dumps, map(_sorted, value))) if isinstance(value, list) else value

"""What stands in the account already, whichever stack or run made it: data outlives the stack."""

import json
from collections.abc import Callable, Iterator

import boto3

from runner.aws_errors import find
from runner.deploy.template import fill, read_stack
from runner.errors import UserError
from runner.lake.lakehouse import has_own_database
from runner.pipeline.scripts import owns_bucket
from runner.privacy.participant_key import has_secret

BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def what_to_make(chosen: dict[str, str], before: dict[str, str], say: Callable[[str], None]) -> dict[str, str]:
    """The ``Make...`` parameters: what stands and was not made by the stack is used as it is, and that is told.

    Raises
    ------
    UserError
        If something of these names is somebody else's or in another region, would not protect the data as the stack's
        own does, or is to be deleted; in one line, with what mends it.
    """
    bucket, database, secret = chosen["BucketName"], chosen["DatabaseName"], chosen["SecretName"]
    there = {
        "MakeBucket": (f"bucket {bucket}", lambda: _is_safe_bucket(bucket)),
        "MakeKey": (f"secret {secret}", lambda: _is_safe_secret(secret)),
        "MakeDatabase": (f"database {database}", lambda: has_own_database(database, bucket)),
        "MakeSessionLogs": ("log groups of Glue's sessions", lambda: _has_logs("/aws-glue/sessions/")),
        "MakeJobLogs": ("log groups of Glue's jobs", lambda: _has_logs("/aws-glue/jobs/")),
    }
    used = {name: told for name, (told, look) in there.items() if before.get(name) != "true" and look()}
    if used:
        say(f"Stands already, and is used as it is: {', '.join(used.values())}.")
    return {name: "false" if name in used else "true" for name in there}


def protect(chosen: dict[str, str], outputs: dict[str, str], say: Callable[[str], None]) -> None:
    """Give the bucket and the key that the stack does not make the policies that its own would have.

    CloudFormation refuses to make a policy where there is one, and kept data keeps its own until this puts the new
    roles into it: at no moment it has none.
    """
    values = {f"{name}.Arn": outputs[f"{name}Arn"] for name in ("SessionRole", "RunnerRole")}
    values |= {"AWS::Partition": outputs["SessionRoleArn"].split(":")[1], "BucketName": chosen["BucketName"]}
    bucket, policy = chosen["BucketName"], fill(_policy("LakeBucketPolicy"), values)
    if chosen["MakeBucket"] == "false" and _sorted(_bucket_policy(bucket)) != _sorted(policy):
        boto3.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
        say(f"The bucket {bucket} has the lake's policy: TLS only, identity for the stack's roles.")
    secret, policy = chosen["SecretName"], fill(_policy("ParticipantKeyPolicy"), values)
    if chosen["MakeKey"] == "false" and _sorted(_secret_policy(secret)) != _sorted(policy):
        call = {"SecretId": secret, "ResourcePolicy": json.dumps(policy), "BlockPublicPolicy": True}
        boto3.client("secretsmanager").put_resource_policy(**call)
        say(f"The secret {secret} has the lake's policy: only the stack's roles read it.")


def flaws(bucket: str) -> Iterator[tuple[str, str]]:
    """Where a bucket protects less than the stack's own, each with the call that mends it."""
    found = find("s3", "get_bucket_encryption", Bucket=bucket).get("ServerSideEncryptionConfiguration", {})
    for rule in found.get("Rules", ()):
        algorithm = rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "AES256")
        if algorithm != "AES256":
            fix = f"aws s3api delete-bucket-encryption --bucket {bucket} brings back SSE-S3"
            yield f"is encrypted by {algorithm}, for which the stack's roles have no permission", fix
    access = find("s3", "get_public_access_block", Bucket=bucket).get("PublicAccessBlockConfiguration", {})
    if not all(access.get(block) for block in BLOCKS):
        wanted = ",".join(f"{block}=true" for block in BLOCKS)
        call = f"aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration {wanted}"
        yield "does not block public access", call
    if flaw := _policy_flaw(_bucket_policy(bucket), "LakeBucketPolicy"):
        yield flaw, f"aws s3api delete-bucket-policy --bucket {bucket}"


def _is_safe_bucket(bucket: str) -> bool:
    if not owns_bucket(bucket):
        return False
    for flaw, fix in flaws(bucket):
        raise UserError(f"The bucket {bucket} {flaw}: {fix}, or name another with --bucket.")
    return True


def _is_safe_secret(name: str) -> bool:
    if not has_secret(name):
        return False
    if flaw := _policy_flaw(_secret_policy(name), "ParticipantKeyPolicy"):
        raise UserError(f"The secret {name} {flaw}: aws secretsmanager delete-resource-policy --secret-id {name}")
    return True


def _has_logs(prefix: str) -> bool:
    found = boto3.client("logs").describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    return any(one["logGroupName"] in (f"{prefix}output", f"{prefix}error") for one in found)


def _bucket_policy(bucket: str) -> dict:
    return json.loads(find("s3", "get_bucket_policy", Bucket=bucket).get("Policy", "{}"))


def _secret_policy(name: str) -> dict:
    return json.loads(find("secretsmanager", "get_resource_policy", SecretId=name).get("ResourcePolicy", "{}"))


def _policy(name: str) -> dict:
    properties = read_stack()["Resources"][name]["Properties"]
    return properties.get("PolicyDocument") or properties["ResourcePolicy"]


def _policy_flaw(found: dict, name: str) -> str:
    """What a policy says that the template's does not, by its Sids; blank where there is nothing, or no policy."""
    own = {one["Sid"] for one in _policy(name)["Statement"]}
    statements = found.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    foreign = [one.get("Sid", one["Effect"]) for one in statements if one.get("Sid") not in own]
    return f"has a policy that is not the lake's ({', '.join(foreign)})" if foreign else ""


def _sorted(value: object) -> object:
    """A policy with its lists in one order; AWS gives them back in an order of its own."""
    if isinstance(value, dict):
        return {key: _sorted(one) for key, one in value.items()}
    return sorted(map(json.dumps, map(_sorted, value))) if isinstance(value, list) else value

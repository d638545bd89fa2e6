"""What the steps of a run have noted for its report (`helpers.records`): audits, checks, the profile of a table."""

import json

import boto3

from helpers.publishing.objects import list_keys
from helpers.records import finding_key
from runner.pipeline.steps import STEPS

CHECKS, PROFILE, TABLE = "checks", "profile_machine_learning_curated", "table_"


def read_findings(bucket: str, run_id: str) -> dict:
    """Everything that the steps of a run have noted.

    Returns
    -------
    dict
        ``audits`` (list of ``table``, ``expected``, ``found``, ``passed``), ``checks`` (list of ``check``, ``rows``),
        ``columns`` (the profile of
        ``machine_learning_curated``, a list of its columns); empty lists where nothing was noted. ``previews``: name ->
        ``columns`` and ``rows`` of a table that a notebook handed over for its page, masked.
    """
    found = {}
    for key in list_keys(f"s3://{bucket}/runs/{run_id}/_"):
        name = key.rpartition("/_")[2].removesuffix(".json")
        if name != "batch":
            found[name] = json.loads(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    order = [f"audit_{table}" for step in STEPS.values() for table in step.writes]
    return {
        "audits": [rule for name in order for rule in found.get(name, [])],
        "checks": found.get(CHECKS, []),
        "columns": found.get(PROFILE, []),
        "previews": {name.removeprefix(TABLE): table for name, table in found.items() if name.startswith(TABLE)},
    }


def forget_findings(bucket: str, run_id: str, step: str) -> None:
    """Remove what an earlier attempt at a step has noted: it may end before it notes anything again."""
    names = [f"audit_{table}" for table in STEPS[step].writes]
    if step == "07_athena_checks":
        names += [CHECKS, PROFILE]
    for name in names:
        boto3.client("s3").delete_object(Bucket=bucket, Key=finding_key(run_id, name))

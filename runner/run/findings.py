"""What the steps of a run have left in ``runs/<run_id>/``: their records, and what they noted for the report."""

import boto3

from helpers.publishing.objects import list_keys, put_json
from helpers.records import finding_key, record_key
from runner.lake.document import find_json
from runner.pipeline.steps import STEPS

CHECKS, PROFILE, TABLE = "checks", "profile_machine_learning_curated", "table_"


def read_findings(bucket: str, run_id: str) -> dict:
    """Everything that the steps of a run have noted (`helpers.records`).

    Returns
    -------
    dict
        ``audits`` (list of ``table``, ``expected``, ``found``, ``passed``), ``checks`` (list of ``check``, ``rows``),
        ``columns`` (the profile of ``machine_learning_curated``, a list of its columns); empty lists where nothing was
        noted. ``previews``: name -> ``columns`` and ``rows`` of a table that a notebook handed over, masked.
    """
    found = {}
    for key in list_keys(f"s3://{bucket}/runs/{run_id}/_"):
        name = key.rpartition("/_")[2].removesuffix(".json")
        if name != "batch":
            found[name] = find_json(bucket, key)
    order = [f"audit_{table}" for step in STEPS.values() for table in step.writes]
    return {
        "audits": [rule for name in order for rule in found.get(name, [])],
        "checks": found.get(CHECKS, []),
        "columns": found.get(PROFILE, []),
        "previews": {name.removeprefix(TABLE): table for name, table in found.items() if name.startswith(TABLE)},
    }


def read_record(bucket: str, run_id: str, step: str) -> dict | None:
    """The record of a step (`helpers.records`), which proves that it did its work; None where there is none."""
    return find_json(bucket, record_key(run_id, step))


def forget_findings(bucket: str, run_id: str, step: str) -> None:
    """Remove what an earlier attempt at a step has noted: it may end before it notes anything again."""
    for name in _noted_by(step):
        boto3.client("s3").delete_object(Bucket=bucket, Key=finding_key(run_id, name))


def carry_over(bucket: str, origin: str, run_id: str, step: str) -> bool:
    """Give a run the record and the findings of a step that an earlier run has done for it.

    So what a run has in ``runs/`` is whole, for its report, for Athena and for the steps that read it. False where the
    earlier run has no record: nothing proves that it did the step.
    """
    record = read_record(bucket, origin, step)
    if record is None:
        return False
    documents = {finding_key(run_id, name): find_json(bucket, finding_key(origin, name)) for name in _noted_by(step)}
    documents[record_key(run_id, step)] = record | {"run_id": run_id, "unchanged_since": origin}
    for key, document in documents.items():
        if document is not None:
            put_json(bucket, key, document)
    return True


def _noted_by(step: str) -> list[str]:
    """The names of a step's findings."""
    return [f"audit_{table}" for table in STEPS[step].writes] + ([CHECKS, PROFILE] if step.startswith("07") else [])

"""What a run changed, against the last one on the same lake that succeeded."""

from runner.lake.runs import list_states
from runner.report.formatting import elapsed_seconds

LOOKED_AT = 20
"""How many runs back the last success is sought."""


def previous_run(bucket: str, run_id: str) -> dict | None:
    """What a later run is compared with: the last run before it that succeeded, or None.

    Returns
    -------
    dict or None
        ``run_id``, ``started``, ``parameters``, ``tables``, ``seconds`` and ``usd`` of that run, and ``rows``: step ->
        its account.
    """
    for record in list_states(bucket, LOOKED_AT):
        if record["run_id"] < run_id and record["status"] == "SUCCEEDED":
            return {
                "run_id": record["run_id"],
                "started": record["started"],
                "parameters": record["parameters"],
                "tables": record["tables"],
                "rows": {entry["name"]: entry["rows"] for entry in record["steps"] if entry["rows"]},
                "seconds": elapsed_seconds(record["started"], record["ended"]),
                "usd": (record.get("cost") or {}).get("usd"),
            }
    return None

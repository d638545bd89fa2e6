"""The document of a run, which is ``run.json`` in its report and ``_batch.json`` in the bucket (`runner.lake.runs`)."""

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from runner.aws_errors import find
from runner.files import write_whole

ROWS = ("read", "kept", "excluded", "quarantined", "duplicates")
"""What a step's account has, of what its record says."""


def new_entry(step: str, status: str) -> dict:
    """The entry of a step that has done nothing yet."""
    return {"name": step, "status": status, "seconds": 0.0, "notebook": None, "report": None, "rows": None}


def now_text() -> str:
    """This instant as ISO 8601, in UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def write_document(run: dict, folder: Path) -> None:
    """Write ``run.json`` in one move."""
    write_whole(folder / "run.json", json.dumps(run, indent=1) + "\n")


def read_document(folder: Path) -> dict | None:
    """The ``run.json`` of a report; None where it has none that can be read."""
    try:
        return json.loads((folder / "run.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None


def find_json(bucket: str, key: str) -> Any:
    """The document that an object holds; None where there is no such object, or not even the bucket."""
    found = find("s3", "get_object", Bucket=bucket, Key=key)
    return json.loads(found["Body"].read()) if found else None

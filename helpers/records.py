"""What a step leaves of itself in ``s3://<bucket>/runs/<run_id>/``: ``<step>.json``, the proof that it did its work.

A Glue notebook can end without an error although nothing ran (a session that died, a cell that was aborted). So a step
counts as done only where the record that its last cell writes is there.

What it finds besides its rows stands in ``_<name>.json``, for the report of the run. It is written as it is found, so
that a step that fails leaves what made it fail. Athena's ``runs`` table does not see such names.
"""

from datetime import datetime, timezone

from helpers.accounting import Accounting
from helpers.publishing.objects import put_json
from helpers.settings import Settings


def record_key(run_id: str, step: str) -> str:
    """Where the record of a step stands in the bucket."""
    return f"runs/{run_id}/{step}.json"


def write_record(
    settings: Settings,
    step: str,
    accounting: Accounting | None = None,
    tables: dict[str, int] | None = None,
    athena_bytes: list[int] | None = None,
    other_fields: int = 0,
) -> None:
    """Write the record of a step that succeeded.

    Parameters
    ----------
    step : str
        The notebook's name.
    accounting : Accounting, optional
        What became of the rows read.
    tables : dict of str to int, optional
        The tables that the step wrote or counted, and their rows.
    athena_bytes : list of int, optional
        Bytes that each of its Athena queries scanned (`helpers.athena.scanned_bytes`).
    other_fields : int
        How many new fields of the source share one column (`helpers.landing.new_fields.NewFields`).
    """
    empty = {"read": None, "kept": None, "excluded": {}, "quarantined": None, "duplicates": None}
    record = {
        "run_id": settings.run_id,
        "step": step,
        "status": "SUCCEEDED",
        "ended": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
        "consent": settings.consent,
        "match": settings.match,
        **(accounting.rows() if accounting else empty),
        "quarantined_by_reason": accounting.quarantined if accounting else {},
        "tables": tables or {},
        "athena_bytes": athena_bytes or [],
        "other_fields": other_fields,
    }
    put_json(settings.bucket, record_key(settings.run_id, step), record)
    print(f"Recorded {step} of run {settings.run_id}.")


def finding_key(run_id: str, name: str) -> str:
    """Where a finding stands in the bucket."""
    return f"runs/{run_id}/_{name}.json"


def write_finding(settings: Settings, name: str, document: object) -> None:
    """Note a finding, such as the outcome of a table's audit; it must hold no identity."""
    put_json(settings.bucket, finding_key(settings.run_id, name), document)

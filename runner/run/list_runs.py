"""The runs of a lake as a user sees them."""

from rich.table import Table

from runner.console import print_table
from runner.errors import UserError
from runner.lake.lock import run_at_work
from runner.lake.runs import list_states
from runner.report.formatting import duration_text, elapsed_seconds


def print_runs(bucket: str, last: int) -> None:
    """Print the latest runs of a lake; UserError if there is none."""
    records = list_states(bucket, last)
    if not records:
        raise UserError(f"s3://{bucket} knows no run: start one with `stedi run`.")
    at_work = run_at_work(bucket)
    shown = Table("run", "status", "took", "steps", "rows for machine learning", "cost (USD)", "")
    for record in records:
        broke_off = record["status"] == "RUNNING" and record["run_id"] != at_work
        shown.add_row(
            record["run_id"],
            "BROKE OFF" if broke_off else record["status"],
            duration_text(elapsed_seconds(record["started"], record["ended"])),
            f"{sum(entry['status'] == 'SUCCEEDED' for entry in record['steps'])} of {len(record['plan']) + 1}",
            f"{rows:,}" if (rows := record["tables"].get("machine_learning_curated")) is not None else "",
            f"{record['cost']['usd']:.4f}" if record.get("cost") else "",
            "" if record["status"] == "SUCCEEDED" or record["run_id"] == at_work else _remark(record),
        )
    print_table(shown)


def _remark(record: dict) -> str:
    stopped = next((entry["name"] for entry in record["steps"] if entry["status"] not in ("SUCCEEDED", "SKIPPED")), "")
    return f"{stopped}: stedi resume {record['run_id']}" if stopped else f"stedi resume {record['run_id']}"

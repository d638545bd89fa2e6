"""What the bucket knows of a batch: ``runs/<run_id>/_batch.json``. Athena's ``runs`` table does not see such names."""

from concurrent.futures import ThreadPoolExecutor

from helpers.publishing.objects import put_json
from runner.aws_errors import find_all
from runner.glue.session import live_sessions
from runner.lake.document import find_json
from runner.lake.lock import run_at_work


def write_state(bucket: str, record: dict) -> None:
    """Note how a batch stands: its run document, with ``status`` RUNNING, SUCCEEDED, FAILED or CANCELLED."""
    put_json(bucket, _key(record["run_id"]), record)


def read_state(bucket: str, run_id: str) -> dict | None:
    """The noted document of a batch; None for a run that was no batch (a notebook by hand, a Glue job)."""
    return find_json(bucket, _key(run_id))


def list_states(bucket: str, last: int) -> list[dict]:
    """The documents of the latest batches, the newest first."""
    folders = find_all("s3", "list_objects_v2", "CommonPrefixes", Bucket=bucket, Prefix="runs/", Delimiter="/")
    names, found = sorted(folder["Prefix"].split("/")[1] for folder in folders), []
    with ThreadPoolExecutor(8) as pool:
        while names and len(found) < last:
            # Some of the names are of notebooks run by hand, so more are read than are shown.
            batch, names = names[-4 * last :], names[: -4 * last]
            found += filter(None, pool.map(lambda name: read_state(bucket, name), reversed(batch)))
    return found[:last]


def is_over(bucket: str, run_id: str) -> bool | None:
    """Whether a batch can write no more; None for a run that was no batch."""
    record = read_state(bucket, run_id)
    if record is None:
        return None
    if record["status"] != "RUNNING":
        return True
    return run_at_work(bucket) != run_id and not live_sessions(run_id)


def _key(run_id: str) -> str:
    return f"runs/{run_id}/_batch.json"

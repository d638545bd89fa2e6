"""Reports published to the bucket: ``s3://<bucket>/reports/<run_id>/`` and the history of what is published."""

import mimetypes
from collections.abc import Callable

import boto3

from helpers.publishing.objects import list_keys
from runner.errors import UserError
from runner.lake.document import find_json, read_document
from runner.paths import REPORTS
from runner.privacy.audit import PrivacyAudit
from runner.privacy.places import report_places
from runner.report.history import history_page

PREFIX = "reports/"
PUBLISHED = (".html", ".png", ".json")
"""What a reader needs; the executed notebooks stay where they are."""


def publish_report(bucket: str, run_id: str | None, say: Callable[[str], None]) -> str:
    """Put the report of a run (by default the latest) into the bucket, renew the history there; its first page's URI.

    Raises
    ------
    UserError
        If there is no such report, it is of another bucket, or it shows anybody's identity: then nothing is uploaded.
    """
    folder = (REPORTS / (run_id or "latest")).resolve()
    run = read_document(folder)
    if run is None:
        raise UserError(f"There is no report of {run_id or 'a run'} in {REPORTS}: see `stedi runs`.")
    if run["parameters"]["bucket"] != bucket:
        raise UserError(
            f"The report of run {run['run_id']} is of the bucket {run['parameters']['bucket']}, not of {bucket}: "
            "name it with --bucket."
        )
    audit = PrivacyAudit.of_bucket(bucket).scan(report_places(folder))
    if not audit.passed:
        raise UserError(f"Nothing was published: {audit}.")
    published = set(list_keys(f"s3://{bucket}/{PREFIX}"))
    for earlier in sorted({step["unchanged_since"] for step in run["steps"] if "unchanged_since" in step}):
        # Its pages are those that this report leads to.
        if f"{PREFIX}{earlier}/run.json" not in published and read_document(REPORTS / earlier):
            publish_report(bucket, earlier, say)
    files = [path for path in sorted(folder.iterdir()) if path.suffix in PUBLISHED]
    # The first page comes last, so that what it links to is there.
    for path in sorted(files, key=lambda path: path.name == "index.html"):
        _put(bucket, f"{PREFIX}{run['run_id']}/{path.name}", path.read_bytes())
    say(f"{len(files)} files, {audit}.")
    runs = [find_json(bucket, key) for key in list_keys(f"s3://{bucket}/{PREFIX}") if key.endswith("/run.json")]
    _put(bucket, f"{PREFIX}index.html", history_page(filter(None, runs)).encode())
    return f"s3://{bucket}/{PREFIX}{run['run_id']}/index.html"


def _put(bucket: str, key: str, body: bytes) -> None:
    kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
    text = "; charset=utf-8" if kind.startswith("text/") else ""
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType=f"{kind}{text}")

"""The audit of one run: its report, its records and event logs, and the curated table, against who has landed."""

from contextlib import redirect_stdout
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path

from helpers.records import write_record
from helpers.settings import Settings
from runner.privacy.audit import NAME, PrivacyAudit
from runner.privacy.identities import landed_serials, landing_identities
from runner.privacy.places import bucket_places, curated_places, report_places
from runner.run.plan import Plan


def audit_run(plan: Plan, started: str, report: Path) -> PrivacyAudit:
    """Look through all that a run made; one that shows nobody is recorded, as every step that succeeded.

    Parameters
    ----------
    started : str
        When the run began, as ISO 8601: older event logs are not its own.
    report : Path
        The folder of its report.
    """
    bucket, database = plan.parameters["bucket"], plan.parameters["database"]
    places = chain(
        report_places(report),
        bucket_places(bucket, plan.run_id, datetime.fromisoformat(started)),
        curated_places(database),
    )
    audit = PrivacyAudit(landing_identities(bucket), partial(landed_serials, bucket)).scan(places)
    if audit.passed:
        with redirect_stdout(None):  # it tells the reader of a notebook, here it would be no event
            write_record(Settings(bucket=bucket, database=database, run_id=plan.run_id), NAME)
    return audit

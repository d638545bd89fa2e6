"""Glue job of the privacy audit, the last of those under one run id. Written by hand: no notebook is behind it.

Needs --extra-py-files s3://BUCKET/scripts/project-HASH.zip, which `stedi deploy` keeps there: the audit is the runner's.
Fails where an identity value of the landing files stands in what the jobs have made; tells places and numbers, no value.
"""

import sys

from awsglue.utils import getResolvedOptions

from helpers.settings import Settings
from runner.errors import StepFailed
from runner.privacy.audit import audit_jobs

args = getResolvedOptions(sys.argv, ["JOB_NAME", "bucket", "database", "run_id"])
audit = audit_jobs(Settings(args["bucket"], args["database"], args["run_id"]))
print(audit)
if not audit.passed:
    raise StepFailed(str(audit))

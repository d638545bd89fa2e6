"""What Spark has written and not committed: on AWS parts of an upload, which are no object and nobody else's.

Hadoop's committer keeps it in ``<output>/_temporary/<writer>``, and commits whatever it finds there. So each session is
a writer with a number of its own, and what one leaves that was killed is removed.
"""

import os
import shutil
from pathlib import Path

from local_aws.glue.sessions.spark import bucket_folders
from local_aws.lake import Lake
from local_aws.s3.folders import Address, remove_empty_folders_above

_PENDING = "_temporary"


def remove_unfinished(lake: Lake, writer: int | None = None) -> None:
    """Remove what a writer has not committed, or what nobody has."""
    for bucket in bucket_folders(lake):
        for folder, folders, _ in os.walk(bucket):
            if _PENDING not in folders:
                continue
            folders.remove(_PENDING)
            left = Path(folder, _PENDING)
            shutil.rmtree(left if writer is None else left / str(writer), ignore_errors=True)
            key = left.relative_to(bucket) / "removed"
            remove_empty_folders_above(Address(bucket.name, key.as_posix(), bucket))

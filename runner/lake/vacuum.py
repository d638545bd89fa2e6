"""Removing what no reader needs: older versions, what failed runs left behind, uploads that never ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import boto3

from helpers.publishing.catalog import delete_table, get_table, get_versions, location_of
from helpers.publishing.objects import delete_prefix, list_objects
from helpers.publishing.staged import staged_name
from helpers.publishing.versions import list_run_locations, list_versions, remove_old_versions
from helpers.settings import Settings
from helpers.tables import VERSIONED
from runner.aws_errors import find_all
from runner.console import people
from runner.lake.purge import is_versioned, purge_earlier_objects
from runner.lake.runs import is_over, read_state
from runner.lake.withdrawn import count_withdrawn


@dataclass(frozen=True)
class Vacuum:
    """One clean-up of the bucket."""

    settings: Settings
    keep: int
    """How many versions before the present one keep their files."""
    older_than: timedelta
    """How long an upload, or the leftovers of a run that was no batch, must have been there: somebody may be writing.
    """
    say: Callable[[str], None]
    """Called with a line for each thing done or spared."""

    def run(self, privacy: bool = False) -> int:
        """Clean up every table; gives how many files and uploads were removed.

        For ``privacy`` each earlier version with rows of people who agree no longer goes at once, too.
        """
        removed = 0
        for table in VERSIONED:
            removed += self._leftovers(table)
            removed += self._withdrawn(table) if privacy else 0
            for location, files in remove_old_versions(self.settings.database, table, self.keep).items():
                removed += files
                self.say(f"{table}: {files} files of the earlier version {_run(location)} removed.")
        return removed + self._uploads() + (self._earlier_objects() if privacy else 0)

    def _withdrawn(self, table: str) -> int:
        """Earlier versions with rows of people who withdrew. No reader of theirs is waited for."""
        versions = list_versions(self.settings.database, table)
        present = {version.location for version in versions if version.current}
        earlier = {version.location: version for version in versions if version.location not in present}
        removed = 0
        for location, version in earlier.items():
            if withdrawn := count_withdrawn(self.settings, table, version):
                files = delete_prefix(location)
                removed += files
                who = people(withdrawn)
                self.say(f"{table}: {files} files of {version.run} removed, with rows of {who} who withdrew.")
        return removed

    def _earlier_objects(self) -> int:
        """What a versioned bucket keeps of tables' files that are gone: the rows of those who withdrew, too."""
        if not is_versioned(self.settings.bucket):
            return 0
        removed = {table: purge_earlier_objects(self.settings.location(table)) for table in VERSIONED}
        for table, versions in removed.items():
            if versions:
                self.say(f"{table}: {versions} object versions removed that the bucket kept of deleted files.")
        return sum(removed.values())

    def _leftovers(self, table: str) -> int:
        """What runs staged and never published."""
        database, removed = self.settings.database, 0
        published = {location_of(version) for version in get_versions(database, table)}
        staged = get_table(database, staged_name(table))
        if staged and location_of(staged) in published:  # killed between publishing and dropping the staged entry
            delete_table(database, staged["Name"])
            staged = None
        for location in list_run_locations(self.settings.location(table)):
            if location in published or not self._is_abandoned(table, location):
                continue
            if staged and location_of(staged) == location:
                delete_table(database, staged["Name"])
            files = delete_prefix(location)
            removed += files
            self.say(f"{table}: {files} files removed that {_run(location)} left unpublished.")
        return removed

    def _is_abandoned(self, table: str, location: str) -> bool:
        run_id = _run(location).partition(".")[0]
        record = read_state(self.settings.bucket, run_id) or {}
        database = record.get("parameters", {}).get("database", self.settings.database)
        if database != self.settings.database:
            self.say(f"{table}: {_run(location)} stays: its tables are in the database {database}.")
            return False
        over = is_over(self.settings.bucket, run_id)
        if over is None:
            over = self._is_old(max(item["LastModified"] for item in list_objects(location)))
            reason = f"it was written to less than {self.older_than} ago"
        else:
            reason = "its run or its session is alive"
        if not over:
            self.say(f"{table}: {_run(location)} is not published and stays: {reason}.")
        return over

    def _uploads(self) -> int:
        """Multipart uploads that were begun and never ended; S3 bills their parts, and no listing shows them."""
        s3, bucket, removed = boto3.client("s3"), self.settings.bucket, 0
        for upload in find_all("s3", "list_multipart_uploads", "Uploads", Bucket=bucket):
            if self._is_old(upload["Initiated"]):
                s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
                removed += 1
                self.say(f"Unfinished upload of {upload['Key']} aborted.")
            else:
                self.say(f"Unfinished upload of {upload['Key']} stays: it began less than {self.older_than} ago.")
        return removed

    def _is_old(self, moment: datetime) -> bool:
        return datetime.now(timezone.utc) - moment >= self.older_than


def _run(location: str) -> str:
    return location.rstrip("/").rpartition("/")[2].removeprefix("run=")

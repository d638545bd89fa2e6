"""The object store: objects are replaced whole, and deleted; in a versioned bucket what was before is kept.

Sources of the rules: "Adding objects to versioning-enabled buckets", "Deleting object versions from a
versioning-enabled bucket", "Adding objects to versioning-suspended buckets" in the Amazon S3 User Guide. What another
process writes over or deletes in the lake directory is gone: only what is done through S3 is kept.
"""

import os
import secrets
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from local_aws.s3.folders import Address, place, refuse_symbolic_links, remove_empty_folders_above
from local_aws.s3.objects import Objects
from local_aws.s3.records import ObjectInfo

Current = Callable[[], ObjectInfo | None]
"""Tells the present object, if there is one; asking may cost reading it."""
Condition = Callable[[Current], None]
"""Raises where a write must not happen."""


class ObjectStore(Objects):
    """Objects of a lake, as they are written and deleted."""

    def publish(self, draft: BinaryIO, address: Address, info: ObjectInfo, condition: Condition) -> ObjectInfo:
        """Make a finished draft the object of a key: every reader sees the old object or the new one, whole.

        The time, the version and the encryption of ``info`` are set here. The condition is asked while nothing else can
        change the key through this endpoint.
        """
        draft.flush()
        # The file system's own clock is coarse: two writes within a tick would look the same.
        now = time.time_ns()
        os.utime(draft.fileno(), ns=(now, now))
        path = Path(draft.name)
        with self._lock(address):
            condition(lambda: self.present(address))
            # A file system may keep less of a time than it is given.
            info = replace(self._encrypted(info), mtime_ns=path.stat().st_mtime_ns, version_id=self._new_version())
            self._keep_present(address, info.version)
            self._put(path, address, info)
            if info.version == "null":
                self.versions.drop(address.bucket, address.key, info.version)
        return info

    def _new_version(self) -> str:
        return secrets.token_hex(16) if self.unkind.versioning else ""

    def _keep_present(self, address: Address, successor: str) -> None:
        """Keep the present object as a version, unless it is to be replaced as the same version."""
        present = self.present(address) if self.unkind.versioning else self._recorded(address)
        if present and present.version != successor:
            self.versions.keep(address.bucket, address.key, present, address.path)

    def _put(self, path: Path, address: Address, info: ObjectInfo) -> None:
        self.records.save(address.bucket, address.key, info, self._recorded(address))
        # Hadoop would check the new bytes against the checksums of the file that it wrote before.
        with suppress(FileNotFoundError, NotADirectoryError):
            address.hadoop_checksum.unlink()
        place(path, address)

    def delete(self, address: Address, condition: Condition, version: str | None = None) -> ObjectInfo | None:
        """Delete an object, or hide it by a delete marker in a versioned bucket; or delete a version for good.

        Gives the new marker, or the version that is gone.
        """
        refuse_symbolic_links(address)
        with self._lock(address):
            condition(lambda: self.present(address))
            changed = self._delete_version(address, version) if version else self._delete_present(address)
        remove_empty_folders_above(address)
        return changed

    def _delete_present(self, address: Address) -> ObjectInfo | None:
        present, marker = self._recorded(address), None
        if self.unkind.versioning or present and present.version_id or self._kept(address):
            marker = ObjectInfo(0, time.time_ns(), "", {}, version_id=self._new_version(), deleted=True)
            self.versions.keep(address.bucket, address.key, marker)
            self._keep_present(address, marker.version)
        self._remove(address)
        return marker

    def _kept(self, address: Address) -> list[ObjectInfo]:
        return self.versions.of_key(address.bucket, address.key)

    def _remove(self, address: Address) -> None:
        with suppress(FileNotFoundError, NotADirectoryError):
            if stat.S_ISREG(address.path.lstat().st_mode):
                address.path.unlink()
                address.hadoop_checksum.unlink(missing_ok=True)
        self.records.forget(address.bucket, address.key)

    def _delete_version(self, address: Address, version: str) -> ObjectInfo | None:
        present, kept = self.present(address), self._kept(address)
        gone = next((info for info in [present, *kept] if info and info.version == version), None)
        before = [info for info in kept if info.version != version]
        hidden = present is None and gone is not None and gone.deleted and gone is kept[0]
        if gone is not None and (gone is present or hidden):
            self._bring_back(address, before)
        self.versions.drop(address.bucket, address.key, version)
        return gone

    def _bring_back(self, address: Address, versions: list[ObjectInfo]) -> None:
        """Let the newest of the versions be the present object; none, if that is a delete marker."""
        if not versions or versions[0].deleted:
            self._remove(address)
            return
        bucket, key, newest = address.bucket, address.key, versions[0]
        self._put(self.versions.path(bucket, key, newest.version), address, newest)
        self.versions.drop(bucket, key, newest.version)

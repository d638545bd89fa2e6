"""One run at a time on a lake: ``runs/_lock.json`` in the bucket, taken and renewed by conditional writes.

S3 decides who is first (AWS S3, "Conditional writes"): the object is written only where there is none (If-None-Match),
or only over the version that was looked at (If-Match). Its holder renews it; one that was not renewed for a while is
nobody's. S3's own clock tells how long, so that the clocks of machines do not matter.
"""

import _thread
import json
import platform
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import boto3
import psutil
from botocore.exceptions import BotoCoreError, ClientError

from runner.aws_errors import OVERTAKEN, error_code, find
from runner.errors import LakeBusy
from runner.glue.session import HASTE
from runner.lake.document import now_text

KEY = "runs/_lock.json"
RENEW_SECONDS = 10.0
STALE_SECONDS = 60.0
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Holder:
    """Who holds a lake, as its lock says."""

    run_id: str
    since: str
    process: dict
    released: bool
    etag: str
    age: float
    """Seconds since the lock was written or renewed, by S3's clock."""

    @property
    def lives(self) -> bool:
        """Whether the run may still be at work."""
        return not self.released and self.age < STALE_SECONDS and not _is_dead(self.process)


def read_holder(bucket: str) -> Holder | None:
    """The present holder of a lake, or its last one; None where there never was one."""
    answer = find("s3", "get_object", Bucket=bucket, Key=KEY)
    if not answer:
        return None
    now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    age = (now - answer["LastModified"]).total_seconds()
    return Holder(**json.loads(answer["Body"].read()), etag=answer["ETag"], age=age)


def run_at_work(bucket: str) -> str | None:
    """The run that holds a lake now."""
    holder = read_holder(bucket)
    return holder.run_id if holder and holder.lives else None


class LakeLock:
    """The lock of a lake, for the length of a run."""

    def __init__(self, bucket: str, run_id: str):
        self.bucket, self.run_id = bucket, run_id
        self.lost: str | None = None
        """Why the lock is not this run's any more, where it was lost."""
        self._document = {
            "run_id": run_id,
            "since": now_text(),
            "process": _this_process(),
            "released": False,
        }
        self._etag: str | None = None
        self._ended = threading.Event()
        self._renewal = threading.Thread(target=self._renew, name="lake lock", daemon=True)

    def acquire(self, wait: float, say: Callable[[str], None], end_remains: Callable[[str], None]) -> None:
        """Take the lock, waiting some seconds for another run to end; LakeBusy where it is still at work then.

        What a run that ended without a word left behind is ended by ``end_remains`` before this one begins.
        """
        deadline, told = time.monotonic() + wait, False
        while True:
            holder = read_holder(self.bucket)
            if holder is None or not holder.lives:
                if holder and not holder.released:
                    end_remains(holder.run_id)
                if self._write(holder.etag if holder else None):
                    self._renewal.start()
                    return
                continue
            if time.monotonic() >= deadline:
                raise LakeBusy(
                    f"run {holder.run_id} is at work on this lake (s3://{self.bucket}) since {holder.since}; "
                    "nothing was changed. Start again when it has ended, or let --wait be longer."
                )
            if not told:
                say(f"Run {holder.run_id} is at work on this lake since {holder.since}: waiting for its end.")
                told = True
            time.sleep(LOOK_SECONDS)

    def release(self) -> None:
        """Let the next run begin. Where AWS cannot be reached the lock goes stale by itself."""
        self._ended.set()
        self._renewal.join()  # a renewal on its way would change what is to be written over
        self._document["released"] = True
        with suppress(ClientError, BotoCoreError):
            self._write(self._etag)

    def _renew(self) -> None:
        last = time.monotonic()
        while not self._ended.wait(RENEW_SECONDS):
            try:
                kept = self._write(self._etag) or self._is_mine()
            except (ClientError, BotoCoreError) as error:
                if time.monotonic() - last < STALE_SECONDS - RENEW_SECONDS:
                    continue
                kept, why = False, f"AWS cannot be reached for {STALE_SECONDS - RENEW_SECONDS:.0f} s ({error})"
            else:
                last, why = time.monotonic(), "another run has taken this lake over"
            if not kept:
                if not self._ended.is_set():
                    self.lost = why
                    # Not by SIGINT, to which what runs behind a script is deaf (`runner.process.cancel_on_signals`).
                    _thread.interrupt_main(signal.SIGTERM)
                return

    def _is_mine(self) -> bool:
        """Whether this run wrote the lock itself: the answer to a renewal was lost, and its ETag with it."""
        holder = read_holder(self.bucket)
        if holder is None or (holder.run_id, holder.process) != (self.run_id, self._document["process"]):
            return False
        self._etag = holder.etag
        return True

    def _write(self, etag: str | None) -> bool:
        """Write the lock over the version looked at, or where there was none; False where somebody else was first."""
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            body = json.dumps(self._document).encode()
            answer = boto3.client("s3", config=HASTE).put_object(Bucket=self.bucket, Key=KEY, Body=body, **condition)
        except ClientError as error:
            if error_code(error) in OVERTAKEN:
                return False
            raise
        self._etag = answer["ETag"]
        return True


def _this_process() -> dict:
    me = psutil.Process()
    return {"machine": platform.node(), "boot": int(psutil.boot_time()), "pid": me.pid, "started": me.create_time()}


def _is_dead(process: dict) -> bool:
    """Whether a process of this very machine is gone; of another machine's nothing is known."""
    if process["machine"] != platform.node() or abs(process["boot"] - psutil.boot_time()) > 2:
        return False
    try:
        found = psutil.Process(process["pid"])
        return found.create_time() != process["started"] or found.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True

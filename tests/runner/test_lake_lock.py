"""One run at a time on a lake, decided by S3's conditional writes."""

import json
import signal
import subprocess
import sys
import threading
import time

import boto3
import pytest

from local_aws.lifecycle import running
from local_aws.profile import PROFILE
from local_aws.unkind import Unkind, write_unkind
from runner.aws import use_profile
from runner.errors import LakeBusy
from runner.lake import lock as lake_lock
from runner.lake.lock import KEY, LakeLock, read_holder
from runner.process import SIGNALS, cancel_on_signals

BUCKET = "stedi-lakehouse"


@pytest.fixture
def bucket(tmp_path):
    with use_profile(PROFILE, tmp_path / "lake"):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield BUCKET


def acquire(lock, wait=0.0):
    said, ended = [], []
    lock.acquire(wait, said.append, ended.append)
    return said, ended


def test_a_free_lake_is_taken_and_given_back(bucket):
    first = LakeLock(bucket, "first")
    assert acquire(first) == ([], [])
    assert read_holder(bucket).lives
    with pytest.raises(LakeBusy, match="run first is at work"):
        acquire(LakeLock(bucket, "second"))
    first.release()
    assert not read_holder(bucket).lives
    second = LakeLock(bucket, "second")
    assert acquire(second) == ([], [])
    second.release()


def test_who_waits_begins_when_the_other_ends(bucket):
    first, second = LakeLock(bucket, "first"), LakeLock(bucket, "second")
    acquire(first)
    threading.Timer(1.5, first.release).start()
    said, ended = acquire(second, wait=30)
    assert "Run first is at work" in said[0]
    assert ended == []
    assert read_holder(bucket).run_id == "second"
    second.release()


def test_of_many_at_once_one_is_first(bucket):
    locks, won = [LakeLock(bucket, f"run-{number}") for number in range(6)], []

    def try_one(lock):
        try:
            acquire(lock)
        except LakeBusy:
            return
        won.append(lock)

    threads = [threading.Thread(target=try_one, args=[lock]) for lock in locks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    won[0].release()


def write_lock(bucket, **process):
    """The lock of a run whose process is gone, or on another machine."""
    mine = lake_lock._this_process()
    document = {"run_id": "gone", "since": "2026-01-01T00:00:00+00:00", "process": mine | process, "released": False}
    boto3.client("s3").put_object(Bucket=bucket, Key=KEY, Body=json.dumps(document).encode())


def test_what_a_dead_process_left_is_ended_first(bucket):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    write_lock(bucket, pid=dead.pid)
    lock = LakeLock(bucket, "next")
    assert acquire(lock) == ([], ["gone"])
    lock.release()


def test_a_run_on_another_machine_is_believed_until_it_is_silent_for_long(bucket, monkeypatch):
    write_lock(bucket, machine="another")
    with pytest.raises(LakeBusy, match="run gone"):
        acquire(LakeLock(bucket, "next"))
    monkeypatch.setattr(lake_lock, "STALE_SECONDS", -1.0)
    lock = LakeLock(bucket, "next")
    assert acquire(lock) == ([], ["gone"])
    lock.release()


@pytest.fixture(params=[signal.default_int_handler, signal.SIG_IGN], ids=["in a terminal", "behind a script"])
def interrupts(request):
    """The command's signals, as it finds them where it is started."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    signal.signal(signal.SIGINT, request.param)
    cancel_on_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_lock_that_was_taken_over_is_noticed(bucket, monkeypatch, interrupts):
    monkeypatch.setattr(lake_lock, "RENEW_SECONDS", 0.2)
    lock = LakeLock(bucket, "paused")
    with pytest.raises(KeyboardInterrupt):
        acquire_and_lose(lock, bucket)
    assert "taken this lake over" in lock.lost


def test_a_renewal_whose_answer_was_lost_is_no_loss(bucket, tmp_path, monkeypatch):
    # Where S3 encrypts by a key of KMS, equal content has another ETag each time.
    write_unkind(running(tmp_path / "lake").lake, Unkind(sse_kms=True))
    monkeypatch.setattr(lake_lock, "RENEW_SECONDS", 0.2)
    lock = LakeLock(bucket, "unheard")
    acquire(lock)
    s3 = boto3.client("s3")
    written = s3.get_object(Bucket=bucket, Key=KEY)["Body"].read()
    lost = s3.put_object(Bucket=bucket, Key=KEY, Body=written)["ETag"]
    deadline = time.monotonic() + 30
    while read_holder(bucket).etag == lost and time.monotonic() < deadline:
        time.sleep(0.1)
    assert read_holder(bucket).etag != lost  # it was renewed since
    assert lock.lost is None
    lock.release()
    assert read_holder(bucket).released


def acquire_and_lose(lock, bucket):
    acquire(lock)
    write_lock(bucket)
    for _ in range(100):
        time.sleep(0.1)

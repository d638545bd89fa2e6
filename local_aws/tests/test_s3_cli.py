"""The AWS CLI against the endpoint, as a user types it."""

import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

AWS = shutil.which("aws", path=str(Path(sys.executable).parent))
pytestmark = pytest.mark.skipif(AWS is None, reason="the AWS CLI is not installed in this environment")


@pytest.fixture
def cli(endpoint):
    def run(*arguments, fails=False):
        done = subprocess.run(
            [sys.executable, AWS, *arguments],
            env={**os.environ, **endpoint.environment()},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else done.stdout

    return run


def test_a_bucket_from_making_to_removing(cli, tmp_path):
    bucket = f"s3://b-{uuid.uuid4()}"
    source, back = tmp_path / "source", tmp_path / "back"
    (source / "deep").mkdir(parents=True)
    (source / "a b.txt").write_text("hello")
    (source / "deep" / "big.bin").write_bytes(os.urandom(9 << 20))
    for file in (source / "a b.txt", source / "deep" / "big.bin"):  # S3 cuts LastModified to whole seconds: a file
        os.utime(file, (file.stat().st_mtime - 2,) * 2)  # of this very second looks newer than its own upload
    cli("s3", "mb", bucket)
    cli("s3", "sync", str(source), f"{bucket}/in/")
    assert cli("s3", "sync", str(source), f"{bucket}/in/") == ""
    assert "PRE deep/" in cli("s3", "ls", f"{bucket}/in/")
    cli("s3", "mv", f"{bucket}/in/a b.txt", f"{bucket}/in/c.txt")
    cli("s3", "cp", f"{bucket}/in/deep/big.bin", f"{bucket}/in/deep/copy.bin")
    cli("s3", "sync", f"{bucket}/in", str(back))
    assert (back / "c.txt").read_text() == "hello"
    assert (back / "deep/copy.bin").read_bytes() == (source / "deep/big.bin").read_bytes()
    assert "BucketNotEmpty" in cli("s3", "rb", bucket, fails=True)
    cli("s3", "rm", bucket, "--recursive")
    assert cli("s3", "ls", bucket) == ""
    cli("s3", "rb", bucket)


def test_what_is_not_supported_is_named(cli):
    bucket = f"b-{uuid.uuid4()}"
    cli("s3", "mb", f"s3://{bucket}")
    assert "GetBucketLifecycleConfiguration" in cli(
        "s3api", "get-bucket-lifecycle-configuration", "--bucket", bucket, fails=True
    )

"""How a session's Java compiles: quickly over little data, thoroughly over much, but never what only plans queries."""

import os
import subprocess
from pathlib import Path

import pytest

from local_aws.glue.sessions.java import SMALL_LAKE, compiler_option, find_java_home


@pytest.fixture
def bucket(tmp_path):
    folder = tmp_path / "bucket"
    (folder / "landing").mkdir(parents=True)
    return folder


def test_over_little_data_java_compiles_quickly(bucket, tmp_path):
    (bucket / "landing" / "a.json").write_bytes(b"{}")
    assert compiler_option([bucket], tmp_path) == "-XX:TieredStopAtLevel=1"
    assert compiler_option([], tmp_path) == "-XX:TieredStopAtLevel=1"


def test_over_much_data_java_takes_the_list_of_what_only_plans(bucket, tmp_path):
    for name in ("a", "b"):
        with (bucket / "landing" / name).open("wb") as file:
            file.truncate(SMALL_LAKE // 2 + 1)
    options = compiler_option([bucket], tmp_path).split()
    java = Path(find_java_home(os.environ)) / "bin" / "java"
    done = subprocess.run([java, *options, "-version"], env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1 compiler directives added" in done.stdout

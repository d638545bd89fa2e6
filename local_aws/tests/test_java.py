"""What a session takes for little data, and how its Java compiles: never what only plans queries."""

import os
import subprocess
from pathlib import Path

from local_aws.glue.sessions.java import compiler_option, find_java_home
from local_aws.glue.sessions.spark import SMALL_LAKE, is_small


def test_a_lake_is_small_by_all_that_it_holds(tmp_path):
    assert is_small([])
    for name in ("a", "b"):
        folder = tmp_path / name / "landing"
        folder.mkdir(parents=True)
        with (folder / "file").open("wb") as file:
            file.truncate(SMALL_LAKE // 2 + 1)
    assert is_small([tmp_path / "a"])
    assert not is_small([tmp_path / "a", tmp_path / "b"])


def test_over_much_data_java_takes_the_list_of_what_only_plans(tmp_path):
    assert compiler_option(True, tmp_path) == "-XX:TieredStopAtLevel=1"
    java = Path(find_java_home(os.environ)) / "bin" / "java"
    options = compiler_option(False, tmp_path).split()
    done = subprocess.run([java, *options, "-version"], env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1 compiler directives added" in done.stdout

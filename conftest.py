"""What the command leaves in tests, reports and notes, is never among the user's own."""

import atexit
import functools
import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from botocore.loaders import JSONFileLoader
from xdist.scheduler import LoadFileScheduling

# The package, before pytest takes the folder of that name for it.
from local_aws.glue.sessions.java import archive_option, find_java_home

# Before anything of the project is imported; each process of the tests has its own.
PLACE = tempfile.mkdtemp(prefix="stedi-tests-")
atexit.register(shutil.rmtree, PLACE, ignore_errors=True)
for name in ("reports", "state"):
    os.environ[f"STEDI_{name.upper()}"] = os.path.join(PLACE, name)
    os.mkdir(os.path.join(PLACE, name))
# Each Java of the tests lives for seconds: its second compiler would take more time than it saves. Those that are no
# session's have the collector and the class archive of the sessions.
os.environ.setdefault("LOCAL_AWS_SESSION_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
if "JAVA_TOOL_OPTIONS" not in os.environ:
    archive = archive_option(Path(find_java_home(os.environ)))
    os.environ["JAVA_TOOL_OPTIONS"] = f"-XX:TieredStopAtLevel=1 -XX:+UseSerialGC {archive}"
# Nor do sessions begin with work of their own.
os.environ.setdefault("LOCAL_AWS_SESSION_WARM_UP", "no")

# Each of the thousands of sessions that the tests open would read the models of AWS's services from their files again.
# But S3's: its clients change the one that they are given.
read = JSONFileLoader().load_file
read_once = functools.cache(read)
JSONFileLoader.load_file = lambda self, path: (read if "s3" in Path(path).parts else read_once)(path)

ONE_SPARK = "tests/helpers/"
"""The room whose tests share a Spark: one process runs them all, and no other starts one for a few of them."""
LONGEST = (
    "test_network",
    "test_checkout",
    "test_against_oracle",
    "test_reference_numbers",
    "test_odd_inputs",
    "test_kills",
    "test_sample_run",
    "test_batch",
    "test_random_kills",
    "test_jobs_on_spark",
    ONE_SPARK,
    "test_failures",
    "test_withdrawal",
    "test_further_runs",
    "test_unchanged",
    "test_permissions",
    "test_sessions",
    "test_night",
    "test_template",
    "test_without_local_aws",
    "test_lab",
    "test_notebook",
    "test_report_pages",
)
"""The files, and the room, that take longest; `test_sample_run` makes the run for which later ones need not wait."""


class RoomsAndFiles(LoadFileScheduling):
    """One process for a file, as `--dist loadfile` says it, and for all files of a room that share a Spark."""

    def _split_scope(self, nodeid: str) -> str:
        return ONE_SPARK if nodeid.startswith(ONE_SPARK) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep together what shares a Spark."""
    return RoomsAndFiles(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items):
    """Begin with the longest, so that all processes end together."""
    place = {name: number for number, name in enumerate(LONGEST)}

    def begins(item):
        room = ONE_SPARK if item.nodeid.startswith(ONE_SPARK) else None
        return min(place.get(name, len(place)) for name in (room, item.path.stem))

    items.sort(key=begins)


def pytest_sessionfinish():
    """Leave all that the process holds to its end: pytest would look through it five times for garbage."""
    gc.freeze()

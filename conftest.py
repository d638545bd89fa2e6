"""What the command leaves in tests, reports and notes, is never among the user's own."""

import atexit
import os
import shutil
import tempfile

import local_aws  # noqa: F401 - the package, before pytest takes the folder of that name for it

# Before anything of the project is imported; each process of the tests has its own.
PLACE = tempfile.mkdtemp(prefix="stedi-tests-")
atexit.register(shutil.rmtree, PLACE, ignore_errors=True)
for name in ("reports", "state"):
    os.environ[f"STEDI_{name.upper()}"] = os.path.join(PLACE, name)
    os.mkdir(os.path.join(PLACE, name))
# Each Java of the tests lives for seconds: its second compiler would take more time than it saves.
for name in ("JAVA_TOOL_OPTIONS", "LOCAL_AWS_SESSION_JAVA_OPTIONS"):
    os.environ.setdefault(name, "-XX:TieredStopAtLevel=1")

LONGEST = (
    "test_kills",
    "test_odd_inputs",
    "test_batch",
    "test_sample_run",
    "test_further_runs",
    "test_withdrawal",
    "test_network",
    "test_failures",
    "test_lab",
    "test_notebook",
    "test_against_oracle",
)
"""The files that take longest; `test_sample_run` makes the run that two others wait for."""


def pytest_collection_modifyitems(items):
    """Begin with the longest, so that all processes end together."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))

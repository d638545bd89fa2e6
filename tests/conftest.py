"""What the command leaves in tests, reports and notes, is never among the user's own."""

import atexit
import os
import shutil
import tempfile

# Before anything of the project is imported; each process of the tests has its own.
PLACE = tempfile.mkdtemp(prefix="stedi-tests-")
atexit.register(shutil.rmtree, PLACE, ignore_errors=True)
for name in ("reports", "state"):
    os.environ[f"STEDI_{name.upper()}"] = os.path.join(PLACE, name)
    os.mkdir(os.path.join(PLACE, name))
# Each Java of the tests lives for seconds: its second compiler would take more time than it saves.
for name in ("JAVA_TOOL_OPTIONS", "LOCAL_AWS_SESSION_JAVA_OPTIONS"):
    os.environ.setdefault(name, "-XX:TieredStopAtLevel=1")

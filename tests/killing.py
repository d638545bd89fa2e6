"""Processes that kill themselves, as a machine that goes down would, before their n-th change of a lake."""

from pathlib import Path

SITECUSTOMIZE = """
import os, signal
import botocore.client
call, seen = botocore.client.BaseClient._make_api_call, 0
def counted(self, operation, arguments):
    global seen
    if operation in ("CreateTable", "UpdateTable", "DeleteTable", "DeleteObject", "DeleteObjects", "PutObject"):
        seen += 1
        if seen == int(os.environ["KILL_AT"]):
            os.kill(os.getpid(), signal.SIGKILL)
    return call(self, operation, arguments)
botocore.client.BaseClient._make_api_call = counted
"""
"""Python runs a module of this name at its start."""


def write_killer(folder: Path) -> None:
    """Let every Python with the folder on its path kill itself before change number ``KILL_AT``."""
    (folder / "sitecustomize.py").write_text(SITECUSTOMIZE)

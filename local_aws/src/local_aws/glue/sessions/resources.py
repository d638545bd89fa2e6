"""What a session's worker type and number become on one machine: cores and driver memory."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

WORKER_TYPES = {
    "Standard": (4, 16),
    **{f"G.{size}X": (4 * size, 16 * size) for size in (1, 2, 4, 8, 12, 16)},
    **{f"R.{size}X": (4 * size, 32 * size) for size in (1, 2, 4, 8)},
}
"""vCPUs and memory (GB) of a worker (AWS: "Configuring job properties for Spark jobs in AWS Glue")."""

MEMORY_VARIABLE = "LOCAL_AWS_SESSION_MEMORY_MB"
CORES_VARIABLE = "LOCAL_AWS_SESSION_CORES"
JAVA_VARIABLE = "LOCAL_AWS_SESSION_JAVA_OPTIONS"
DEFAULT_MEMORY_MB = 2048


@dataclass(frozen=True)
class Resources:
    """Cores of the machine and heap (MB) that a session's Spark may use."""

    cores: int
    memory_mb: int


def local_resources(worker_type: str, workers: int, environment: Mapping[str, str]) -> Resources:
    """Map a session's workers to this machine, which caps them.

    The caps are the machine's cores and 2 GB of heap; the environment variables ``LOCAL_AWS_SESSION_CORES`` and
    ``LOCAL_AWS_SESSION_MEMORY_MB`` set others; ``LOCAL_AWS_SESSION_JAVA_OPTIONS`` is for Spark's Java.
    """
    cpus, gigabytes = WORKER_TYPES[worker_type]
    core_cap = int(environment.get(CORES_VARIABLE) or _usable_cores())
    memory_cap = int(environment.get(MEMORY_VARIABLE) or DEFAULT_MEMORY_MB)
    return Resources(min(cpus * workers, core_cap), min(gigabytes * workers * 1024, memory_cap))


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

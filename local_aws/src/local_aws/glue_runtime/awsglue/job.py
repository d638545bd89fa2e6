"""Job: the frame of a Glue job script (AWS: "Job class"); bookmarks are not kept locally."""

from collections.abc import Mapping
from typing import Any


class Job:
    """A job run."""

    def __init__(self, glue_context: Any):
        self._glue_context = glue_context
        self._name: str | None = None

    def init(self, job_name: str, args: Mapping[str, Any] | None = None) -> None:
        """Begin the job."""
        if not job_name:
            raise ValueError("Job.init needs a job name.")
        self._name = job_name

    def isInitialized(self) -> bool:
        """Whether ``init`` was called."""
        return self._name is not None

    def commit(self) -> None:
        """End the job."""
        if not self.isInitialized():
            raise RuntimeError("Job.commit before Job.init")

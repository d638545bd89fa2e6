"""Glue job scripts in processes of their own, which start at once: they are forks of one whose Java is warm."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType

from glue_job import job_environment

from local_aws.lifecycle import running
from runner.paths import JOBS
from runner.pipeline.scripts import zip_helpers
from tests.killing import write_killer

PARENT = """
import json, os, runpy, sys, traceback
from awsglue.context import GlueContext
from pyspark.context import SparkContext
spark = GlueContext(SparkContext.getOrCreate()).spark_session
spark.sparkContext.addPyFile(sys.argv[1])  # as --extra-py-files does: for this process and for every executor
for line in sys.stdin:
    order = json.loads(line)
    if not (child := os.fork()):
        code = 1
        try:
            os.environ["KILL_AT"] = str(order["kill_at"])
            os.dup2(2, 1)  # only the parent answers
            spark.catalog.clearCache()  # of a job that was killed
            sys.argv = order["arguments"]
            runpy.run_path(sys.argv[0], run_name="__main__")
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class WarmJobs:
    """Runs job scripts on the lake of a running endpoint.

    Parameters
    ----------
    lake : Path
        The lake, whose buckets are there already.
    scratch : Path
        An empty folder, for Spark's files and what the jobs say.
    helpers : Path, optional
        The zip that Glue has; one of the project's helpers where none is named.
    settings : Mapping, optional
        Settings of Spark, instead of a session's.
    environment : Mapping, optional
        Variables, instead of a session's.
    """

    def __init__(
        self,
        lake: Path,
        scratch: Path,
        helpers: Path | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
        environment: Mapping[str, str] = MappingProxyType({}),
    ):
        write_killer(scratch)
        endpoint = running(lake)
        variables = job_environment(endpoint.lake, endpoint.environment(), scratch) | {"KILL_AT": "0"} | environment
        variables["PYTHONPATH"] = os.pathsep.join([str(scratch), variables["PYTHONPATH"]])
        with (scratch / "spark-defaults.conf").open("a") as defaults:
            defaults.writelines(f"{name} {value}\n" for name, value in settings.items())
        if helpers is None:
            helpers = scratch / "helpers.zip"
            helpers.write_bytes(zip_helpers())
        self._log = scratch / "jobs.log"
        with self._log.open("w") as log:
            self._parent = subprocess.Popen(
                [sys.executable, "-c", PARENT, str(helpers)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=variables,
                cwd=scratch,
            )

    def __enter__(self) -> "WarmJobs":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._parent.communicate(timeout=60)

    def run(self, script: str, *arguments: str, kill_at: int = 0) -> int:
        """Run a script of jobs/, killed before its n-th change of the lake, or never; its exit code."""
        command = [str(JOBS / script), "--JOB_NAME", "job", *arguments]
        self._parent.stdin.write(json.dumps({"kill_at": kill_at, "arguments": command}) + "\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline() or self._parent.wait())

    @property
    def said(self) -> str:
        """What the jobs said."""
        return self._log.read_text()

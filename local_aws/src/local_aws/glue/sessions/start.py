"""From a session's start message to a running Spark: paths, arguments, mounts."""

import os
import site
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_aws.glue.sessions import arguments as wishes
from local_aws.glue.sessions.java import archive_option, compiler_option
from local_aws.glue.sessions.resources import Resources
from local_aws.glue.sessions.spark import base_settings, bucket_folders, bucket_mounts, is_small, start_spark
from local_aws.glue.sessions.warm_up import import_packages
from local_aws.lake import Lake

PACKAGE = Path(__file__).resolve().parents[2]
SOURCES = PACKAGE.parent
GLUE_RUNTIME = PACKAGE / "glue_runtime"


@dataclass(frozen=True)
class StartOrder:
    """What the endpoint tells a new session process."""

    lake: Lake
    scratch: Path  # the session's own folder, removed with it
    arguments: dict[str, str]  # DefaultArguments of CreateSession
    resources: Resources

    @property
    def event_logs(self) -> Path:
        """Where Spark writes its event log."""
        return self.scratch / "event-logs"


def use_the_paths_of_glue(order: StartOrder) -> None:
    """Give the session the module path that it has on Glue: awsglue, and nothing of this package or its project.

    A session's own modules then come from ``--extra-py-files`` alone, so that one forgotten there fails here too.
    """
    runtime = str(order.lake.plain(GLUE_RUNTIME))
    hidden = {SOURCES, SOURCES.parents[1]} - {Path(entry) for entry in site.getsitepackages()}
    sys.path[:] = [runtime] + [entry for entry in sys.path if entry and Path(entry).resolve() not in hidden]
    # An editable installation would find its packages again.
    sys.meta_path[:] = [
        finder for finder in sys.meta_path if not getattr(finder, "__module__", "").startswith("__editable__")
    ]
    os.environ["PYTHONPATH"] = runtime
    sys.argv[:] = ["glue-session"] + [part for pair in order.arguments.items() for part in pair]


def start_session(order: StartOrder) -> dict[str, Any]:
    """Start Spark as the order says and give the names that statements begin with.

    Raises `StartError` with the reason, where an argument cannot be met.
    """
    wishes.refuse_missing_runtimes(order.arguments)
    wishes.check_python_modules(order.arguments)
    files = wishes.fetch_python_files(order.arguments, order.lake, order.scratch / "python")
    small = is_small(bucket_folders(order.lake))
    settings = base_settings(order.resources, order.scratch, small)
    quick = [archive_option(Path(os.environ["JAVA_HOME"])), compiler_option(small, order.scratch)]
    # What a user has set for Java comes last, and so holds.
    settings["spark.driver.extraJavaOptions"] = " ".join([*quick, settings["spark.driver.extraJavaOptions"]])
    settings |= {f"spark.hadoop.{name}": value for name, value in bucket_mounts(order.lake, order.scratch).items()}
    if wishes.event_log_path(order.arguments, order.lake):
        order.event_logs.mkdir()
        settings |= {"spark.eventLog.enabled": "true", "spark.eventLog.dir": order.event_logs.as_uri()}
    import_packages()
    spark = start_spark(settings | wishes.spark_settings(order.arguments))
    for file in files:
        spark.sparkContext.addPyFile(file)
    return {"spark": spark, "sc": spark.sparkContext}

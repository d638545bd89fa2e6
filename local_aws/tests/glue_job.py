"""Running a Glue job script as a plain Python process over a lake, with the Spark that a session has."""

from collections.abc import Mapping
from pathlib import Path

from local_aws.glue.sessions.process import session_environment
from local_aws.glue.sessions.resources import local_resources
from local_aws.glue.sessions.spark import base_settings, bucket_mounts
from local_aws.glue.sessions.start import GLUE_RUNTIME
from local_aws.lake import Lake


def job_environment(lake: Lake, environment: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """The environment in which ``python jobs/x.py --JOB_NAME x`` finds awsglue, Java and ``s3://``.

    Parameters
    ----------
    lake : Lake
        The lake whose present buckets are ``s3://``.
    environment : Mapping
        The environment that makes AWS clients reach the endpoint.
    scratch : Path
        An existing folder for Spark's settings and files, to be removed after the job.
    """
    lake, scratch = lake.plainly(), lake.plain(scratch)
    settings = base_settings(local_resources("G.1X", 2, environment), scratch, small=True)
    settings |= {f"spark.hadoop.{name}": value for name, value in bucket_mounts(lake, scratch).items()}
    lines = [f"{name} {value}\n" for name, value in settings.items()]
    (scratch / "spark-defaults.conf").write_text("".join(lines), "utf-8")
    return session_environment(environment, lake, scratch) | {
        "PYTHONPATH": str(lake.plain(GLUE_RUNTIME)),
        "SPARK_CONF_DIR": str(scratch),
    }

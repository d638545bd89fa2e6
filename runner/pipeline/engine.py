"""The Glue that the notebooks run on: what makes a session, or a job, one for them."""

from runner.pipeline.parameters import tagged_cell
from runner.pipeline.scripts import HELPERS_KEY

TAGS = {"project": "stedi-lakehouse"}
"""On everything that this project makes, so that a forgotten session is found."""


def session_magics() -> dict[str, str]:
    """The session magics of the notebooks, which are the same in all, such as ``{"worker_type": "G.1X"}``."""
    source = tagged_cell("01_landing_tables", "session")
    return dict(line.removeprefix("%").split(maxsplit=1) for line in source.splitlines() if line.startswith("%"))


def engine_arguments(bucket: str, region: str) -> dict[str, str]:
    """The arguments of a session that runs the project's notebooks.

    Nothing is installed: what they import is in Glue (docs/decisions/026), or in the archive of the helpers.
    """
    return {
        "--enable-glue-datacatalog": "true",
        "--extra-py-files": f"s3://{bucket}/{HELPERS_KEY}",
        # Glue 5.1 reads s3:// by S3A, whose region is us-east-2 unless it is told another (AWS Glue Developer Guide,
        # "Migrating AWS Glue for Spark jobs to AWS Glue version 5.1").
        "--conf": f"spark.hadoop.fs.s3a.endpoint.region={region}",
        "--enable-spark-ui": "true",
        "--spark-event-logs-path": f"s3://{bucket}/sparkHistoryLogs/",
    }


def engine(bucket: str, region: str) -> dict:
    """What CreateSession and CreateJob are both told: language, version, workers, arguments."""
    magics = session_magics()
    return {
        "Command": {"Name": "glueetl", "PythonVersion": "3"},
        "GlueVersion": magics["glue_version"],
        "WorkerType": magics["worker_type"],
        "NumberOfWorkers": int(magics["number_of_workers"]),
        "DefaultArguments": engine_arguments(bucket, region),
    }

"""All jobs under one run id, on a Spark unlike a session's here: two worker processes, and ANSI mode."""

import json
from importlib.util import find_spec
from pathlib import Path

import boto3
import pytest

from helpers.records import record_key
from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.paths import SAMPLES
from runner.pipeline.jobs import SCRIPTS
from runner.pipeline.landing import copy_new_files, find_files
from runner.pipeline.scripts import upload_scripts
from tests.erasing import make_key
from tests.pipeline.conftest import BUCKET, query
from tests.warm_jobs import WarmJobs

EXPECTED = json.loads((SAMPLES / "truth.json").read_text("utf-8"))["expected"]["at_collection"]["customer_and_time"]
CLUSTER = {
    "spark.sql.ansi.enabled": "true",
    "spark.master": "local-cluster[2,1,1024]",
    "spark.executor.memory": "1024m",
    "spark.sql.shuffle.partitions": "4",
    # Small tables too are read and joined in several tasks, and so in both processes.
    "spark.sql.files.maxPartitionBytes": "65536",
    "spark.sql.files.openCostInBytes": "0",
    "spark.sql.adaptive.coalescePartitions.enabled": "false",
}

pytestmark = [pytest.mark.kernel, pytest.mark.deep]


@pytest.fixture
def landed(tmp_path):
    """A lake on which the samples have landed, and nothing ran yet."""
    lake = tmp_path / "lake"
    with use_profile(PROFILE, lake):
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        make_key()
        upload_scripts(BUCKET)
        copy_new_files(find_files(SAMPLES), BUCKET)
        yield lake


def assert_all_as_planted(lake):
    for table, rows in EXPECTED["tables"].items():
        assert query(lake, f"select count(*) from {table}") == [[str(rows)]], table
    read = boto3.client("s3").get_object
    for step, script in SCRIPTS.items():
        body = read(Bucket=BUCKET, Key=record_key("one-night", step))["Body"].read()
        planted = EXPECTED["steps"].get(script.removesuffix(".py"))
        assert json.loads(body)["kept"] == (planted["kept"] if planted else None), step


def test_two_worker_processes_in_ansi_mode_arrive_at_the_same_tables(landed, tmp_path):
    """ANSI mode, the default of Glue 6.0, changes no row.

    What runs on a worker has the helpers from the archive alone, and nothing of the driver's memory or folder.
    """
    scratch = tmp_path / "cluster"
    home = scratch / "spark"  # Spark keeps the folders of its workers in its own home
    home.mkdir(parents=True)
    (installed,) = find_spec("pyspark").submodule_search_locations
    for path in Path(installed).iterdir():
        (home / path.name).symlink_to(path)
    with WarmJobs(landed, scratch, settings=CLUSTER, environment={"SPARK_HOME": str(home)}) as jobs:
        for script in SCRIPTS.values():
            assert jobs.run(script, "--run_id", "one-night") == 0, jobs.said
    # While it stops, Spark begins others in their place, which never work.
    assert len(list(home.glob("work/app-*/*/helpers.zip"))) == 2
    assert_all_as_planted(landed)

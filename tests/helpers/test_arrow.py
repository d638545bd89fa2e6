"""PyAthena's Arrow cursor under a profile whose endpoint is not Amazon's."""

import json
import subprocess
import sys

import boto3
import pytest

from helpers.arrow import configured_endpoint
from local_aws.lifecycle import start, stop

SCRIPT = """
import json, sys
import boto3, pandas as pd
from pyathena import connect
from pyathena.arrow.cursor import ArrowCursor
from helpers.arrow import honour_profiles

honour_profiles()
boto3.client("s3").create_bucket(Bucket="arrow")
connection = connect(s3_staging_dir="s3://arrow/results/", region_name="us-east-1", poll_interval=0.05)
sql = "select 1 as n, 'x' as name, timestamp '2022-06-18 14:00:00.123' as at"
tables = [connection.cursor(ArrowCursor, unload=unload).execute(sql).as_arrow() for unload in (False, True)]
cursor = connection.cursor()
cursor.execute("create database kept")
cursor.execute("create table kept.t with (external_location = 's3://arrow/t/') as select 7 as n")
found = [[str(value) for row in table.to_pylist() for value in row.values()] for table in tables]
print(json.dumps([*found, pd.read_parquet("s3://arrow/t/")["n"].tolist()]))
"""


@pytest.fixture
def environment(tmp_path):
    yield start(tmp_path / "lake").environment()
    stop(tmp_path / "lake")


def test_results_and_tables_are_read_where_the_profile_says(environment):
    # What Amazon's S3 would answer is no such result: the right one shows that nothing was asked there.
    ran = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    row = ["1", "x", "2022-06-18 14:00:00.123000"]
    assert json.loads(ran.stdout) == [row, row, [7]]


def test_amazons_own_endpoint_is_left_to_pyarrow(monkeypatch, tmp_path):
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "eu-central-1"}
    assert configured_endpoint(boto3.Session(**keys)) is None
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert configured_endpoint(boto3.Session(**keys)) == "http://127.0.0.1:9"

"""The worked example of CONTRIBUTING.md, followed to its end."""

import re

import boto3
import pytest

from helpers.athena import CheckFailed, connect, run_checks
from helpers.settings import Settings
from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.paths import PROJECT, SQL

DDL = """create external table step_trainer_trusted (serialnumber string)
row format serde 'org.openx.data.jsonserde.JsonSerDe' location 's3://lake-x/step_trainer/trusted/'"""
TEXT = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")


def test_a_check_is_one_file(tmp_path):
    name = re.search(r"`(sql/checks/\w+\.sql)`:\n", TEXT)[1]
    query = re.search(r"```sql\n(.*?)```", TEXT, re.S)[1]
    assert not (PROJECT / name).exists()
    settings = Settings(bucket="lake-x", database="stedi")
    with use_profile(PROFILE, tmp_path / "lake"):
        boto3.client("s3").create_bucket(Bucket="lake-x")
        boto3.client("glue").create_database(DatabaseInput={"Name": "stedi"})
        boto3.client("s3").put_object(Bucket="lake-x", Key=f"scripts/{name}", Body=query.encode())
        connection = connect(settings)
        connection.cursor().execute(DDL)
        put = {"Bucket": "lake-x", "Key": "step_trainer/trusted/a.json"}
        boto3.client("s3").put_object(Body=b'{"serialnumber": "3a0c"}', **put)
        assert run_checks(connection, settings) == 1
        boto3.client("s3").put_object(Body=b'{"serialnumber": "3a0c"}\n{"serialnumber": " "}', **put)
        with pytest.raises(CheckFailed, match=rf"{name.removeprefix('sql/')} returned 1 row"):
            run_checks(connection, settings)


def test_what_the_examples_name_is_there():
    for path in re.findall(r"`((?:helpers|runner|infra|sql|docs|tests)/[\w./-]+\.\w+)`", TEXT):
        if not re.search(r"has_device|battery|sleep_tracker", path):
            assert (PROJECT / path).exists(), path
    assert (SQL / "step_trainer_landing_table.sql").exists()

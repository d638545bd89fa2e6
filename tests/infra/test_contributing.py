"""The worked example of CONTRIBUTING.md, followed to its end."""

import re
from dataclasses import replace

import boto3
import pytest

from helpers.athena import CheckFailed, connect, run_checks
from helpers.landing.contract import Contract
from helpers.settings import Settings
from helpers.tables import TABLES, Column
from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.paths import PROJECT, SQL
from tests.helpers import test_tables
from tests.infra import test_policies

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


def test_a_column_is_a_line_of_the_tables_and_one_of_the_ddl(tmp_path, monkeypatch):
    column = eval(re.search(r"`(Column\(.*?\))`", TEXT)[1], {"Column": Column})
    table = TABLES["step_trainer_landing"]
    monkeypatch.setitem(TABLES, table.name, replace(table, columns=(*table.columns, column)))
    with pytest.raises(AssertionError):
        test_tables.test_the_ddl_of_a_landing_table_has_its_columns_and_its_location(table.name)
    ddl = (SQL / f"{table.name}_table.sql").read_text("utf-8")
    last = f"`{table.columns[-1].name}` {table.columns[-1].type}"
    ddl = ddl.replace(last, f"{last},\n  `{column.name}` {column.type}")
    (tmp_path / f"{table.name}_table.sql").write_text(ddl)
    monkeypatch.setattr(test_tables, "SQL", tmp_path)
    test_tables.test_the_ddl_of_a_landing_table_has_its_columns_and_its_location(table.name)
    line = '{{"sensorReadingTime": 1655564444103, "serialNumber": "a", "distanceFromObject": 1{}}}'
    for more, value, reason in (
        (', "batteryLevel": 80', "80", None),
        ("", None, None),
        (', "batteryLevel": "low"', None, "bad_measurement"),
    ):
        ((why, _, *values),) = Contract(TABLES[table.name].columns).records(line.format(more).encode())
        assert (values[-1], why) == (value, reason)


@pytest.mark.parametrize("for_research", [False, True])
def test_a_table_that_no_policy_knows_fails_the_tests_of_the_policies(monkeypatch, for_research):
    name = re.search(r"Say `(\w+)`, one row a device", TEXT)[1]
    new = replace(TABLES["customers_curated"], name=name, prefix="battery/curated/", for_research=for_research)
    monkeypatch.setitem(TABLES, name, new)
    with pytest.raises(AssertionError, match=name):
        test_policies.test_a_session_writes_every_table_but_those_that_land_and_never_its_own_code()
    if not for_research:
        with pytest.raises(AssertionError, match=name):
            test_policies.test_the_bucket_refuses_identity_to_everybody_else()


def test_what_the_examples_name_is_there():
    for path in re.findall(r"`((?:helpers|runner|infra|sql|docs|tests)/[\w./-]+\.\w+)`", TEXT):
        if not re.search(r"has_device|battery|sleep_tracker", path):
            assert (PROJECT / path).exists(), path
    assert (SQL / "step_trainer_landing_table.sql").exists()

"""Partitioned tables: their statements, their values in results, and the files that a filter spares."""

import json

import pytest
from athena_runs import Runner

BUCKET = "partition-tests"
FOLDERS = {"day=2022-06-18/device=a%2Fb": 1, "day=2022-06-18/device=c": 2, "day=2022-06-19/device=c": 3}
TABLE = f"""CREATE EXTERNAL TABLE readings (n int) PARTITIONED BY (day date, device string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://{BUCKET}/readings/'"""


@pytest.fixture(scope="module")
def athena(aws):
    aws("s3").create_bucket(Bucket=BUCKET)
    for folder, n in FOLDERS.items():
        body = json.dumps({"n": n}).encode() + b"\n"
        aws("s3").put_object(Bucket=BUCKET, Key=f"readings/{folder}/a.json", Body=body)
    runner = Runner(aws("athena"), "partition_tests", f"s3://{BUCKET}/results/")
    runner.done("CREATE DATABASE partition_tests")
    runner.done(TABLE)
    assert runner.rows("select * from readings") == ["n|day|device"]
    runner.done("MSCK REPAIR TABLE readings")
    return runner


def test_values_come_from_the_partitions(athena):
    assert athena.rows("select * from readings order by n") == [
        "n|day|device",
        "1|2022-06-18|a/b",
        "2|2022-06-18|c",
        "3|2022-06-19|c",
    ]
    assert athena.rows("SHOW PARTITIONS readings") == sorted(FOLDERS)
    assert athena.rows('select "$path" from readings where n = 3')[1:] == [
        f"s3://{BUCKET}/readings/day=2022-06-19/device=c/a.json"
    ]


@pytest.mark.parametrize(
    ("where", "found", "files"),
    [
        ("day = date '2022-06-19'", ["3"], 1),
        ("day < date '2022-06-19' and device = 'c' and n > 0", ["2"], 1),
        ("day = date '2022-06-19' or n = 1", ["1", "3"], 3),
        ("device like 'a%'", ["1"], 1),
        ("device = 'nothing'", [], 0),
    ],
)
def test_a_filter_spares_files(athena, where, found, files):
    execution = athena.done(f"select n from readings where {where}")
    assert execution["Statistics"]["DataScannedInBytes"] == files * len('{"n": 1}\n')
    assert athena.rows(f"select n from readings where {where} order by n")[1:] == found


def test_an_outer_join_keeps_what_its_filter_does_not_name(athena):
    rows = athena.rows(
        "select t.k, r.n from (values ('c'), ('z')) t(k) left join readings r on r.device = t.k "
        "where r.day = date '2022-06-19' or r.day is null order by 1"
    )
    assert rows[1:] == ["c|3", "z|"]


def test_partitions_are_added_and_dropped(athena):
    athena.done(TABLE.replace("readings (", "other ("))
    add = f"ALTER TABLE other ADD PARTITION (day='2022-06-20', device='x') LOCATION 's3://{BUCKET}/readings/day=2022-06-19/'"
    athena.done(add)
    assert athena.rows("select * from other")[1:] == ["3|2022-06-20|x"]
    assert "AlreadyExistsException" in athena.reason(add)
    athena.done(add.replace("ADD PARTITION", "ADD IF NOT EXISTS PARTITION"))
    drop = "ALTER TABLE other DROP PARTITION (day='2022-06-20', device='x')"
    athena.done(drop)
    assert "Partition not found" in athena.reason(drop)
    assert athena.rows("select * from other")[1:] == []


def test_a_partitioned_table_is_made_by_a_query_and_grows(athena):
    athena.done(
        "CREATE TABLE made WITH (partitioned_by = ARRAY['device']) AS "
        "select * from (values (1, 'a=b'), (2, 'c'), (3, null)) as t(n, device)"
    )
    assert athena.rows("SHOW PARTITIONS made") == ["device=__HIVE_DEFAULT_PARTITION__", "device=a%3Db", "device=c"]
    athena.done("INSERT INTO made VALUES (4, 'c'), (5, 'd')")
    assert athena.rows("select * from made order by n")[1:] == ["1|a=b", "2|c", "3|", "4|c", "5|d"]
    many = "CREATE TABLE many WITH (partitioned_by = ARRAY['k']) AS select n, n as k from unnest(sequence(1, 101)) t(n)"
    assert athena.reason(many).startswith("HIVE_TOO_MANY_OPEN_PARTITIONS")


def test_wrangler_writes_partitions_that_are_read_back(athena, endpoint):
    import boto3
    import botocore.session

    wr, pd = pytest.importorskip("awswrangler"), pytest.importorskip("pandas")
    environment = endpoint.environment()
    core = botocore.session.Session(profile=environment["AWS_PROFILE"])
    core.set_config_variable("config_file", environment["AWS_CONFIG_FILE"])
    core.set_config_variable("credentials_file", environment["AWS_SHARED_CREDENTIALS_FILE"])
    place = {"database": "partition_tests", "boto3_session": boto3.Session(botocore_session=core)}
    frame = pd.DataFrame({"x": [1.5, 2.5], "device": ["a", "b"]})
    path = f"s3://{BUCKET}/wrangled/"
    wr.s3.to_parquet(frame, path=path, dataset=True, table="wrangled", partition_cols=["device"], **place)
    found = wr.athena.read_sql_table("wrangled", s3_output=f"s3://{BUCKET}/results/", **place)
    assert sorted(zip(found["device"], found["x"], strict=True)) == [("a", 1.5), ("b", 2.5)]

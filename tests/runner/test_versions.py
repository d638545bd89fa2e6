"""History, rollback and vacuum, on tables written by hand: real catalog entries and Parquet files, no Spark."""

import io
from dataclasses import replace
from datetime import timedelta

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from helpers.errors import LostRace, NoSuchVersion
from helpers.participants import participant_id, read_participant_key
from helpers.publishing.catalog import get_table, put_table
from helpers.publishing.objects import data_keys, delete_prefix, list_keys
from helpers.publishing.versions import ROWS, list_run_locations, list_versions, remove_old_versions, roll_back
from helpers.settings import Settings
from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.errors import UserError
from runner.lake.lakehouse import require_database
from runner.lake.runs import write_state
from runner.lake.vacuum import Vacuum
from runner.lake.versions import roll_back_table
from runner.lake.withdrawn import count_withdrawn
from tests.erasing import make_key

KINDS = {str: "string", int: "bigint", bool: "boolean"}


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The local AWS, for every client of this process."""
    with use_profile(PROFILE, tmp_path_factory.mktemp("lake") / "lake"):
        make_key()
        yield


@pytest.fixture
def lakehouse(local, request):
    """An empty lakehouse of its own."""
    name = f"lake-{abs(hash(request.node.name)) % 10**10}"
    boto3.client("s3").create_bucket(Bucket=name)
    boto3.client("glue").create_database(DatabaseInput={"Name": name.replace("-", "_")})
    return Settings(bucket=name, database=name.replace("-", "_"), participant_key="stedi/participant-key")


def write(settings, table, run, rows):
    """Write the files of a version, with the marker of their directory as S3A leaves it; its catalog definition."""
    place = f"{settings.location(table)}run={run}/"
    body = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), body)
    marker = place.removeprefix(f"s3://{settings.bucket}/")
    boto3.client("s3").put_object(Bucket=settings.bucket, Key=marker, Body=b"")
    boto3.client("s3").put_object(Bucket=settings.bucket, Key=f"{marker}part-0.parquet", Body=body.getvalue())
    hive = "org.apache.hadoop.hive.ql.io.parquet"
    return {
        "Name": table,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "parquet", ROWS: str(len(rows))},
        "StorageDescriptor": {
            "Columns": [{"Name": name, "Type": KINDS[type(value)]} for name, value in rows[0].items()],
            "Location": place,
            "InputFormat": f"{hive}.MapredParquetInputFormat",
            "OutputFormat": f"{hive}.MapredParquetOutputFormat",
            "SerdeInfo": {"SerializationLibrary": f"{hive}.serde.ParquetHiveSerDe"},
        },
    }


def publish(settings, table, run, rows):
    put_table(settings.database, write(settings, table, run, rows), get_table(settings.database, table))


def customers(*emails):
    return [{"email": email, "serialNumber": f"serial-{email}"} for email in emails]


def clean(settings, keep=2, older_than=timedelta(hours=24), privacy=False):
    said = []
    return Vacuum(settings, keep, older_than, said.append).run(privacy), said


def files_of(settings, table):
    return sorted(key.split("run=")[1].split("/")[0] for key in data_keys(settings.location(table)))


def test_a_rollback_is_one_catalog_update_to_files_that_are_there(lakehouse):
    for run in ("r1", "r2", "r3"):
        publish(lakehouse, "customer_trusted", run, customers("ada@example.com"))
    assert roll_back_table(lakehouse, "customer_trusted", None, False).run == "r2"
    assert roll_back_table(lakehouse, "customer_trusted", "r1", False).run == "r1"
    versions = list_versions(lakehouse.database, "customer_trusted")
    assert [version.run for version in versions] == ["r1", "r2", "r3", "r2", "r1"]
    assert [version.current for version in versions] == [True, False, False, False, False]
    assert files_of(lakehouse, "customer_trusted") == ["r1", "r2", "r3"]


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("r9", "no version of run 'r9'. There is a way back to: r1."),
        ("r2", "at run r2 already"),
    ],
)
def test_a_way_back_that_is_none_names_those_that_are(lakehouse, run, words):
    for published in ("r1", "r2"):
        publish(lakehouse, "customer_trusted", published, customers("ada@example.com"))
    with pytest.raises(NoSuchVersion, match=words.replace(".", r"\.")):
        roll_back_table(lakehouse, "customer_trusted", run, False)


def test_markers_of_directories_are_no_files_of_a_version(lakehouse):
    for run in ("r1", "r2"):
        publish(lakehouse, "customer_trusted", run, customers("ada@example.com"))
    place = lakehouse.location("customer_trusted")
    prefix = place.removeprefix(f"s3://{lakehouse.bucket}/")
    for name in ("", "run=r1_$folder$", "run=r1/_SUCCESS", "run=r1/_temporary_$folder$", "run=r0/"):
        boto3.client("s3").put_object(Bucket=lakehouse.bucket, Key=prefix + name, Body=b"")
    boto3.client("s3").put_object(Bucket=lakehouse.bucket, Key=f"{prefix}run=r1/.part", Body=b"crc")
    assert list_run_locations(place) == [f"{place}run={run}/" for run in ("r0", "r1", "r2")]
    assert data_keys(f"{place}run=r1/") == [f"{prefix}run=r1/part-0.parquet"]
    (version,) = [version for version in list_versions(lakehouse.database, "customer_trusted") if version.run == "r1"]
    assert (version.files, count_withdrawn(lakehouse, "customer_trusted", version)) == (1, 0)
    assert delete_prefix(version.location) == 1
    assert not list_keys(version.location)
    assert [version.readable for version in list_versions(lakehouse.database, "customer_trusted")] == [True, False]


def test_the_only_version_has_no_way_back(lakehouse):
    publish(lakehouse, "customer_trusted", "r1", customers("ada@example.com"))
    with pytest.raises(NoSuchVersion, match="no earlier version"):
        roll_back_table(lakehouse, "customer_trusted", None, False)


def test_a_version_without_files_is_no_way_back(lakehouse):
    for run in ("r1", "r2", "r3", "r4"):
        publish(lakehouse, "customer_trusted", run, customers("ada@example.com"))
    assert len(remove_old_versions(lakehouse.database, "customer_trusted")) == 1
    with pytest.raises(NoSuchVersion, match="no longer kept"):
        roll_back_table(lakehouse, "customer_trusted", "r1", False)


def test_an_unknown_table_names_those_that_are(lakehouse):
    with pytest.raises(UserError, match="customers_curated"):
        roll_back_table(lakehouse, "customer_landing", None, False)


def test_a_lost_race_overwrites_nothing(lakehouse):
    publish(lakehouse, "customer_trusted", "r1", customers("ada@example.com"))
    seen = get_table(lakehouse.database, "customer_trusted")
    publish(lakehouse, "customer_trusted", "r2", customers("bo@example.com"))
    with pytest.raises(LostRace):
        put_table(lakehouse.database, write(lakehouse, "customer_trusted", "r3", customers("cy@example.com")), seen)
    assert list_versions(lakehouse.database, "customer_trusted")[0].run == "r2"


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("customer_trusted", lambda email, key: {"email": email, "serialNumber": f"serial-{email}"}),
        ("accelerometer_trusted", lambda email, key: {"user": email, "timestamp": 1}),
        ("step_trainer_trusted", lambda email, key: {"serialNumber": f"serial-{email}", "sensorReadingTime": 1}),
        ("machine_learning_curated", lambda email, key: {"participantId": participant_id(email, key), "x": 1}),
    ],
)
def test_nobody_who_withdrew_comes_back_or_stays(lakehouse, table, row):
    key = read_participant_key(lakehouse.participant_key)
    both, one = ("ada@example.com", "bo@example.com"), ("ada@example.com",)
    for run, emails in (("r1", both), ("r2", one), ("r3", one)):
        publish(lakehouse, "customer_trusted", run, customers(*emails))
        if table != "customer_trusted":
            publish(lakehouse, table, run, [row(email, key) for email in emails])
    with pytest.raises(UserError, match="1 person not in customer_trusted now"):
        roll_back_table(lakehouse, table, "r1", False)
    assert roll_back_table(lakehouse, table, "r2", False).run == "r2"
    removed, said = clean(lakehouse, privacy=True)
    assert removed == (1 if table == "customer_trusted" else 2), said
    assert files_of(lakehouse, table) == ["r2", "r3"]
    assert not get_table(lakehouse.database, f"{table}__look")


def registered(consenting, others):
    """The rows of customer_register, where who does not consent stands too."""
    told = [(email, 1_600_000_000_000) for email in consenting] + [(email, None) for email in others]
    rows = [
        row | {"shareWithResearchAsOfDate": since} for row, (_, since) in zip(customers(*dict(told)), told, strict=True)
    ]
    return [row | {"ambiguous": False} for row in rows]


def test_in_the_register_who_consented_there_and_withdrew_counts(lakehouse):
    ada, bo, cy = "ada@example.com", "bo@example.com", "cy@example.com"
    for run, consenting in (("r1", (ada, bo)), ("r2", (ada,)), ("r3", (ada,))):
        publish(lakehouse, "customer_trusted", run, customers(*consenting))
        publish(lakehouse, "customer_register", run, registered(consenting, {bo, cy} - set(consenting)))
    with pytest.raises(UserError, match="1 person not in customer_trusted now"):
        roll_back_table(lakehouse, "customer_register", "r1", False)
    assert roll_back_table(lakehouse, "customer_register", "r2", False).run == "r2"
    assert roll_back_table(lakehouse, "customer_register", "r3", False).run == "r3"
    assert clean(lakehouse, privacy=True)[0] == 2
    assert files_of(lakehouse, "customer_register") == ["r2", "r3"]
    with pytest.raises(NoSuchVersion, match="no longer kept"):
        roll_back_table(lakehouse, "customer_register", "r1", even_withdrawn=True)


def test_going_back_to_who_withdrew_takes_insisting(lakehouse):
    publish(lakehouse, "customer_trusted", "r1", customers("ada@example.com", "bo@example.com"))
    publish(lakehouse, "customer_trusted", "r2", customers("ada@example.com"))
    assert roll_back_table(lakehouse, "customer_trusted", "r1", even_withdrawn=True).rows == 2


def test_vacuum_keeps_the_last_versions_and_the_table(lakehouse):
    for run in ("r1", "r2", "r3", "r4"):
        publish(lakehouse, "customer_trusted", run, customers("ada@example.com"))
    roll_back(lakehouse.database, "customer_trusted", list_versions(lakehouse.database, "customer_trusted")[-1])
    assert clean(lakehouse, keep=1)[0] == 2
    assert files_of(lakehouse, "customer_trusted") == ["r1", "r4"]
    assert clean(lakehouse, keep=0)[0] == 1
    assert files_of(lakehouse, "customer_trusted") == ["r1"]


def test_vacuum_removes_what_an_ended_batch_left_and_spares_who_may_be_writing(lakehouse):
    publish(lakehouse, "customer_trusted", "r1", customers("ada@example.com"))
    for run in ("failed", "by-hand"):
        write(lakehouse, "customer_trusted", run, customers("ada@example.com"))
    write_state(lakehouse.bucket, {"run_id": "failed", "status": "FAILED"})
    removed, said = clean(lakehouse)
    assert removed == 1
    assert files_of(lakehouse, "customer_trusted") == ["by-hand", "r1"]
    assert any("by-hand is not published and stays" in line for line in said)
    assert clean(lakehouse, older_than=timedelta(0))[0] == 1
    assert files_of(lakehouse, "customer_trusted") == ["r1"]


def test_vacuum_with_another_database_removes_nothing_of_a_batch(lakehouse):
    publish(lakehouse, "customer_trusted", "r1", customers("ada@example.com"))
    parameters = {"database": lakehouse.database}
    write_state(lakehouse.bucket, {"run_id": "r1", "status": "SUCCEEDED", "parameters": parameters})
    removed, said = clean(replace(lakehouse, database="other"), older_than=timedelta(0))
    assert removed == 0
    assert any(f"in the database {lakehouse.database}" in line for line in said)
    with pytest.raises(UserError, match="There is no database other"):
        require_database("other")


def test_vacuum_removes_what_a_killed_batch_left(lakehouse):
    definition = write(lakehouse, "customer_trusted", "killed", customers("ada@example.com"))
    put_table(lakehouse.database, definition | {"Name": "customer_trusted__staged"}, None)
    write_state(lakehouse.bucket, {"run_id": "killed", "status": "RUNNING"})  # it has neither lock nor session
    assert clean(lakehouse)[0] == 1
    assert not get_table(lakehouse.database, "customer_trusted__staged")
    assert files_of(lakehouse, "customer_trusted") == []


def test_a_staged_entry_of_a_published_version_costs_it_no_file(lakehouse):
    publish(lakehouse, "customer_trusted", "r1", customers("ada@example.com"))
    live = get_table(lakehouse.database, "customer_trusted")
    staged = {"Name": "customer_trusted__staged", "StorageDescriptor": live["StorageDescriptor"]}
    put_table(lakehouse.database, staged, None)  # killed between publishing and dropping the staged entry
    assert clean(lakehouse, older_than=timedelta(0))[0] == 0
    assert files_of(lakehouse, "customer_trusted") == ["r1"]
    assert not get_table(lakehouse.database, "customer_trusted__staged")


def test_vacuum_aborts_uploads_that_never_ended(lakehouse):
    s3 = boto3.client("s3")
    s3.create_multipart_upload(Bucket=lakehouse.bucket, Key="customer/landing/big.json")
    removed, said = clean(lakehouse)
    assert removed == 0
    assert any("big.json stays" in line for line in said)
    assert clean(lakehouse, older_than=timedelta(0))[0] == 1
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=lakehouse.bucket)

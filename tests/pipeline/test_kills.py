"""kill -9 at the points at which a step changes anything: each table is the old or the new version, whole."""

import io
import json
import signal
from itertools import count

import boto3
import pyarrow.parquet as pq
import pytest

from helpers.publishing.catalog import get_table, location_of
from helpers.publishing.objects import data_keys, split_uri
from helpers.publishing.versions import list_run_locations
from helpers.settings import Settings
from local_aws.profile import PROFILE
from runner.aws import use_profile
from tests.pipeline.conftest import stedi
from tests.warm_jobs import WarmJobs

pytestmark = [pytest.mark.kernel, pytest.mark.deep]
SETTINGS = Settings(bucket="stedi-lakehouse", database="stedi")
NOON = 1_680_000_000_000  # epoch ms


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    root = tmp_path_factory.mktemp("killed")
    with use_profile(PROFILE, root):
        boto3.client("s3").create_bucket(Bucket=SETTINGS.bucket)
        boto3.client("glue").create_database(DatabaseInput={"Name": SETTINGS.database})
        yield root


def land(number):
    """One customer more, and a line for the quarantine."""
    customer = {
        "email": f"customer-{number}@example.com",
        "serialNumber": f"serial-{number}",
        "registrationDate": NOON,
        "lastUpdateDate": NOON,
        "shareWithResearchAsOfDate": NOON,
    }
    body = f"{json.dumps(customer)}\nbroken {number}\n".encode()
    boto3.client("s3").put_object(Bucket=SETTINGS.bucket, Key=f"customer/landing/{number:03}.json", Body=body)


def rows_of(table):
    """What a reader finds in a table: whole files, or an error."""
    live = get_table(SETTINGS.database, table)
    if not live:
        return None
    bucket, _ = split_uri(location_of(live))
    column = "record" if table == "quarantine_customer" else "email"
    found = []
    for key in data_keys(location_of(live)):
        body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        found += pq.read_table(io.BytesIO(body)).column(column).to_pylist()
    assert str(len(found)) == live["Parameters"]["stedi.rows"]
    return sorted(found)


TABLES = ("customer_register", "customer_trusted", "quarantine_customer")


def rows_of_all():
    return {table: rows_of(table) for table in TABLES}


def with_one_more(tables, number):
    """The rows of the tables once one more has landed."""
    added = dict.fromkeys(TABLES, f"customer-{number}@example.com") | {"quarantine_customer": f"broken {number}"}
    return {table: sorted([*rows, added[table]]) for table, rows in tables.items()}


@pytest.fixture(scope="module")
def run_job(lake, tmp_path_factory):
    """A function that runs step 02 as a Glue job: its exit code."""
    with WarmJobs(lake, tmp_path_factory.mktemp("jobs")) as jobs:

        def run(run_id, kill_at=0):
            # Half of the lines are broken.
            arguments = ["--run_id", run_id, "--accept_loss", "yes"]
            code = jobs.run("customer_landing_to_trusted.py", *arguments, kill_at=kill_at)
            assert code in (0, -signal.SIGKILL), jobs.said
            return code

        yield run


@pytest.mark.parametrize(("earliest", "every"), [(1, 9), (2, 2)])
def test_a_step_killed_before_its_changes_leaves_the_old_or_the_new_version(lake, run_job, earliest, every):
    people = count(1000 * every)
    land(next(people))
    assert run_job(f"first-{every}") == 0
    old = new = rows_of_all()
    for kill_at in count(earliest, every):
        number = next(people)
        land(number)
        new = with_one_more(new, number)
        code = run_job(f"job-{number}", kill_at)
        found = rows_of_all()
        if code == 0:
            break
        for table, rows in found.items():
            assert rows in (old[table], new[table]), (kill_at, table)
        old = found
    assert kill_at > 15  # so many changes a run makes
    assert found == new  # the run after the last kill repaired everything
    for table in new:
        assert get_table(SETTINGS.database, f"{table}__staged") is None
    assert stedi("vacuum", "--lake", lake, "--older-than", "0", "--keep", "0").code == 0
    for table in new:
        assert list_run_locations(SETTINGS.location(table)) == [location_of(get_table(SETTINGS.database, table))]
        assert rows_of(table) == new[table]


def test_a_run_id_that_comes_again_leaves_the_published_files_alone(run_job):
    land(100)
    assert run_job("again") == 0
    rows, place = rows_of("customer_trusted"), location_of(get_table(SETTINGS.database, "customer_trusted"))
    assert "customer-100@example.com" in rows
    assert run_job("again") == 0
    assert rows_of("customer_trusted") == rows
    assert location_of(get_table(SETTINGS.database, "customer_trusted")) == place
    land(101)
    assert run_job("again") == 0
    assert rows_of("customer_trusted") == sorted([*rows, "customer-101@example.com"])
    assert place.endswith("run=again/")
    assert location_of(get_table(SETTINGS.database, "customer_trusted")) == place.replace("again/", "again.2/")

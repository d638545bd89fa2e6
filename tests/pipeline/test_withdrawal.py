"""Who withdraws is gone in the next run, and from the earlier versions when they are vacuumed."""

import io
import json
import shutil

import boto3
import pyarrow.parquet as pq
import pytest

from helpers.participants import participant_id, read_participant_key
from helpers.tables import REGISTER, TABLES, VERSIONED
from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.paths import REPORTS, SAMPLES
from tests.pipeline.conftest import BUCKET, complaint, query, stedi

KEY = "stedi/participant-key"
PERSON = {name: TABLES[name].person for name in VERSIONED if TABLES[name].person}
"""Table -> the column that says whose row it is."""
AGREEING = {table: column for table, column in PERSON.items() if TABLES[table].zone != REGISTER}
"""The tables in which nobody stands who does not agree; customer_register knows everybody."""
pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def withdrawn(sample_run, sample_lake, tmp_path_factory):
    """A lake after two runs; between them one curated customer withdrew: her e-mail, serial and participant id."""
    root, landing = sample_lake, tmp_path_factory.mktemp("landing") / "all"
    shutil.copytree(SAMPLES, landing)
    sql = (
        "select c.email, c.serialNumber from customers_curated c "
        "where exists (select 1 from step_trainer_trusted s where s.serialNumber = c.serialNumber) order by 1 limit 1"
    )
    email, serial = query(root, sql)[0]
    with use_profile(PROFILE, root):
        person = (email, serial, participant_id(email, read_participant_key(KEY)))
    record = {"email": email.upper(), "serialNumber": serial, "lastUpdateDate": 4_000_000_000_000}
    (landing / "customer" / "landing" / "withdrawals.json").write_text(json.dumps(record) + "\n")
    second = stedi("run", "--lake", root, "--landing", landing, "--from", "02")
    assert second.code == 0, second.err
    return root, person, sample_run.outcome.run["run_id"], landing


def files_with(root, person, tables=PERSON):
    """The Parquet files of the tables, of any version, in which the person stands."""
    found = []
    for table in tables:
        for path in (root / BUCKET / TABLES[table].prefix).rglob("*.parquet"):
            rows = pq.read_table(io.BytesIO(path.read_bytes())).to_pylist()
            if any(value in person for row in rows for value in row.values()):
                found.append(path)
    return found


def test_the_next_run_leaves_nobody_who_withdrew_in_any_table(withdrawn):
    root, person, *_ = withdrawn
    for table, column in AGREEING.items():
        names = ", ".join(f"'{value}'" for value in person)
        assert query(root, f'select count(*) from {table} where "{column}" in ({names})') == [["0"]], table


def test_there_is_no_way_back_to_who_withdrew(withdrawn):
    root, _, first, _ = withdrawn
    for table in PERSON:  # in the register, too, she consented
        line = complaint(stedi("rollback", table, "--lake", root), 2)
        assert "1 person not in customer_trusted now" in line
    assert first in stedi("history", "accelerometer_trusted", "--lake", root).out


def test_a_privacy_vacuum_removes_them_from_the_earlier_versions_too(withdrawn):
    root, person, *_ = withdrawn
    assert len(files_with(root, person, AGREEING)) >= len(AGREEING)
    before = {table: query(root, f"select count(*) from {table}") for table in AGREEING}
    done = stedi("vacuum", "--privacy", "--lake", root)
    assert done.code == 0, done.err
    assert not files_with(root, person, AGREEING)
    assert person[0] not in done.out + done.err
    assert before == {table: query(root, f"select count(*) from {table}") for table in AGREEING}
    assert "nothing to remove" in stedi("vacuum", "--privacy", "--lake", root).out
    assert "no earlier version" in complaint(stedi("rollback", "customer_trusted", "--lake", root), 2)


def test_a_new_key_gives_every_participant_a_new_id_and_the_same_rows(withdrawn):
    root, *_ = withdrawn
    numbers = "count(*), sum(distanceFromObject), round(sum(x), 6)"
    sql = f"select participantId, {numbers} from machine_learning_curated group by 1"
    before = query(root, sql)
    with use_profile(PROFILE, root):
        boto3.client("secretsmanager").put_secret_value(SecretId=KEY, SecretString="another key " * 4)
    assert stedi("run", "--lake", root, "--landing", SAMPLES, "--only", "06").code == 0
    after = query(root, sql)
    assert not {row[0] for row in before} & {row[0] for row in after}
    assert sorted(row[1:] for row in before) == sorted(row[1:] for row in after)
    assert "not in customer_trusted now" in complaint(stedi("rollback", "machine_learning_curated", "--lake", root), 2)


def test_who_is_erased_is_nowhere_and_does_not_come_back(withdrawn):
    root, *_, landing = withdrawn
    sql = "select email, serialNumber, customerName from customers_curated order by 1 limit 1"
    email, serial, name = query(root, sql)[0]
    query(root, f"select * from customer_trusted where email = '{email}'")  # a result of Athena's that names her
    with use_profile(PROFILE, root):
        keys = [read_participant_key(KEY), previous_key()]
    person = (email, serial, *(participant_id(email, key) for key in keys))
    others = {table: survivors(root, table, column, person) for table, column in PERSON.items()}
    dry = stedi("erase", email, "--lake", root)
    assert dry.code == 0, dry.err
    assert "Nothing was changed" in dry.out
    assert len(files_with(root, person)) > len(PERSON)
    done = stedi("erase", email.title(), "--yes", "--lake", root)
    assert done.code == 0, done.err
    assert "Proved" in done.out
    assert not files_with(root, person)
    assert not files_that_name(root, (*person, name))
    assert others == {table: survivors(root, table, column, ()) for table, column in PERSON.items()}
    assert stedi("run", "--lake", root, "--landing", landing, "--only", "02").code == 0
    assert not files_that_name(root, (*person, name))  # so no later step has anything to bring them back from
    assert others == {table: survivors(root, table, column, ()) for table, column in PERSON.items()}


def files_that_name(root, values):
    """The files of the bucket and of the reports in which any of the values stands."""
    files = [path for folder in (root / BUCKET, REPORTS) for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(value.encode().lower() in path.read_bytes().lower() for value in values)]


def previous_key():
    answer = boto3.client("secretsmanager").get_secret_value(SecretId=KEY, VersionStage="AWSPREVIOUS")
    return answer["SecretString"].encode()


def survivors(root, table, column, person):
    """The rows of a table that are not a person's."""
    rows = query(root, f'select "{column}", * from {table}')
    return sorted(row for row in rows if row[0] not in person)

"""audit_privacy: what it finds, and what it must not take for somebody's identity."""

import io
import json
from datetime import date, datetime, timedelta, timezone

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.privacy.audit import PrivacyAudit
from runner.privacy.identities import landing_identities
from runner.privacy.places import Place, bucket_places, curated_places, report_places

ADA = {"Ada Lovelace", "ada.l@example.com", "+44 20 7946 0000", "1990-12-10", "50f7b4f3-7af5-4b07-a421-7b902c8d2b7c"}


@pytest.mark.parametrize(
    "text",
    [
        "<td>ada.l@example.com</td>",
        "<td>ADA.L@EXAMPLE.COM</td>",
        "ada.l&#64;example.com",
        "user=ada.l%40example.com&x=1",
        r'{"email": "ada.l\u0040example.com"}',
        "Dear Ada\n  Lovelace,",
        "born 1990-12-10.",
        "1990/12/10",
        "call +44 (20) 7946-0000",
        "serial 50F7B4F3-7AF5-4B07-A421-7B902C8D2B7C",
        "somebody.else@example.org",
        "a0000000-0000-0000-0000-000000000000",
    ],
)
def test_identity_is_found_however_it_is_escaped(text):
    audit = PrivacyAudit(ADA).scan([Place("page.html", f"before {text} after")])
    assert audit.found == {"page.html": 1}
    assert not audit.passed
    assert "page.html (1)" in str(audit)
    assert "ada" not in str(audit).lower()


@pytest.mark.parametrize("text", ["Adam Lovelace", "Ada", "1990-12-11", "ada.l", "x1990-12-10x", "1990 12"])
def test_what_only_looks_alike_is_none(text):
    assert PrivacyAudit(ADA).scan([Place("page.html", text)]).passed


def test_the_words_of_spark_are_no_names_in_its_logs():
    log = Place("sparkHistoryLogs/a", "Executor class@1a2b.c 50f7b4f3-0000-0000-0000-7b902c8d2b7c", is_log=True)
    assert PrivacyAudit({"Executor"}).scan([log]).passed
    assert not PrivacyAudit({"Executor"}).scan([Place("page.html", "Executor")]).passed
    assert not PrivacyAudit(ADA).scan([Place("sparkHistoryLogs/a", "Ada Lovelace", is_log=True)]).passed


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    with use_profile(PROFILE, tmp_path_factory.mktemp("lake") / "lake"):
        boto3.client("s3").create_bucket(Bucket="people")
        boto3.client("glue").create_database(DatabaseInput={"Name": "people"})
        yield "people"


def put(bucket, key, body):
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body)


def test_the_values_are_those_of_every_customer_line(bucket):
    today = f"{date.today():%Y-%m-%d}"
    rows = [
        {"customerName": "Ada Lovelace", "email": "ada.l@example.com", "phone": 5550001234, "serialNumber": "s-1 4"},
        {"customerName": "Rows", "email": " BO@example.com", "phone": "555", "birthDay": today, "lastUpdateDate": 7},
        {"customerName": None, "email": "", "phone": 1655564376361, "serialNumber": 0},
    ]
    text = "\r\n".join([json.dumps(rows[0]), "{broken", *map(json.dumps, rows[1:]), "[]", ""])
    put(bucket, "customer/landing/deep/a.json", text.encode("utf-8-sig"))
    put(bucket, "customer/landing/b.json.gz", b"no archive")
    # 555 and 1655564376361 could be a count and a time, "Rows" is a word of the reports, a birthday today is a date.
    expected = {"Ada Lovelace", "ada.l@example.com", "5550001234", "s-1 4", "BO@example.com"}
    assert {value.strip() for value in landing_identities(bucket)} == expected


def test_a_column_of_the_curated_table_that_names_people_is_found(bucket):
    body = io.BytesIO()
    table = pa.table({"participantId": ["0" * 64], "x": [1.0], "note": ["by Ada Lovelace"]})
    pq.write_table(table, body)
    put(bucket, "step_trainer/curated/run=r1/part-0.parquet", body.getvalue())
    storage = {"Columns": [], "Location": f"s3://{bucket}/step_trainer/curated/run=r1/"}
    boto3.client("glue").create_table(
        DatabaseName=bucket, TableInput={"Name": "machine_learning_curated", "StorageDescriptor": storage}
    )
    places = list(curated_places(bucket))
    assert PrivacyAudit(ADA).scan(places).found == {"step_trainer/curated/run=r1/part-0.parquet": 1}


def test_records_logs_and_reports_of_the_run_are_places(bucket, tmp_path):
    put(bucket, "runs/r1/02.json", b"{}")
    put(bucket, "runs/r2/02.json", b"{}")
    put(bucket, "sparkHistoryLogs/app-1", b"log")
    now = datetime.now(timezone.utc)
    (tmp_path / "notebooks").mkdir()
    for name in ("index.html", "notebooks/a.ipynb", "run.json", "picture.png"):
        (tmp_path / name).write_text("x")
    assert {p.name for p in bucket_places(bucket, "r1", now - timedelta(minutes=1))} == {
        "runs/r1/02.json",
        "sparkHistoryLogs/app-1",
    }
    assert {p.name for p in bucket_places(bucket, "r1", now + timedelta(minutes=1))} == {"runs/r1/02.json"}
    names = {place.name.partition("/")[2] for place in report_places(tmp_path)}
    assert names == {"index.html", "notebooks/a.ipynb", "run.json"}

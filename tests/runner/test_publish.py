"""Reports in the bucket, for those who may read it; never with anybody's name in them."""

import json

import boto3
import pytest

from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.errors import UserError
from runner.lake.document import read_document, write_document
from runner.report import publish
from runner.report.publish import publish_report
from tests.reporting import write_run_report
from tests.runner.test_report import the_reference_run

BUCKET = "stedi-lakehouse"
PERSON = {"customerName": "Ada Lovelace", "email": "ada@example.com", "serialNumber": "serial-1815-12"}


@pytest.fixture
def reports(tmp_path, monkeypatch):
    """A folder with one report, and a bucket in which Ada has landed."""
    root = tmp_path / "reports"
    run = the_reference_run() | {"parameters": {"bucket": BUCKET}, "lake": "a lake", "run_id": "run-1"}
    write_run_report(run, {}, root / "run-1", history="../index.html")
    write_document(run, root / "run-1")
    (root / "latest").symlink_to("run-1")
    monkeypatch.setattr(publish, "REPORTS", root)
    with use_profile(PROFILE, tmp_path / "lake"):
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="customer/landing/a.json", Body=json.dumps(PERSON).encode())
        yield root


def keys():
    answer = boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="reports/")
    return {item["Key"] for item in answer.get("Contents", [])}


def test_the_latest_report_is_published_with_its_history(reports):
    said = []
    assert publish_report(BUCKET, None, said.append) == f"s3://{BUCKET}/reports/run-1/index.html"
    assert keys() == {"reports/index.html", "reports/run-1/index.html", "reports/run-1/run.json"}
    page = boto3.client("s3").get_object(Bucket=BUCKET, Key="reports/run-1/index.html")
    assert page["ContentType"] == "text/html; charset=utf-8"
    history = boto3.client("s3").get_object(Bucket=BUCKET, Key="reports/index.html")["Body"].read().decode()
    assert 'href="run-1/index.html"' in history
    assert "none of" in said[0]


def test_the_report_that_an_unchanged_step_leads_to_is_published_with_it(reports):
    run = read_document(reports / "run-1") | {"run_id": "run-2"}
    run["steps"][0]["unchanged_since"] = "run-1"
    write_run_report(run, {}, reports / "run-2")
    write_document(run, reports / "run-2")
    publish_report(BUCKET, "run-2", print)
    assert {"reports/run-1/index.html", "reports/run-2/index.html"} < keys()


def test_a_report_that_shows_somebody_is_not_published(reports):
    (reports / "run-1" / "02.html").write_text("<p>reading Ada Lovelace</p>")
    with pytest.raises(UserError, match=r"Nothing was published: identity values .* run-1/02.html") as error:
        publish_report(BUCKET, "run-1", print)
    assert "Ada" not in str(error.value)
    assert keys() == set()


def test_a_report_that_is_not_there_or_of_another_bucket_is_refused(reports):
    with pytest.raises(UserError, match="no report of run-2"):
        publish_report(BUCKET, "run-2", print)
    with pytest.raises(UserError, match="is of the bucket stedi-lakehouse, not of other"):
        publish_report("other", "run-1", print)

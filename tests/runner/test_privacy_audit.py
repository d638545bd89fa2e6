"""audit_privacy: what it finds, and what it must not take for somebody's identity."""

import base64
import gzip
import html
import io
import json
import random
import re
import textwrap
from datetime import date, datetime, timedelta, timezone

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_aws.profile import PROFILE
from runner.aws import use_profile
from runner.errors import StepFailed
from runner.privacy.audit import PrivacyAudit, await_logs, finished_logs
from runner.privacy.identities import landed_serials, landing_identities
from runner.privacy.places import Place, bucket_places, report_places, research_places
from runner.privacy.search import Index, words_of
from tests.first_names import FIRST_NAMES

ADA = {"Ada Lovelace", "ada.l@example.com", "+44 20 7946 0000", "1990-12-10", "50f7b4f3-7af5-4b07-a421-7b902c8d2b7c"}
OTHERS = {
    "Jürgen Müller-Lüdenscheidt",
    "Zoë O'Brien",
    "José María",
    "李明",
    "김철수",
    "𠮷田 太郎",
    "राहुल शर्मा",
    "ΟΔΥΣΣΕΥΣ ΣΟΦΟΣ",
    "(801) 555-0142",
    "0049 89 1234567",
    "444-7788",
    "SN-0001/7",
}
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(400_000)).decode()
"""Long enough that every word of three letters stands in it."""
COMMON = {*FIRST_NAMES, "Max", "May", "Report", "Kept", "Wen"}


def audit(values, *places, landed=frozenset()):
    """The audit of some places, where the landing files hold some serials that are nobody's."""
    return PrivacyAudit(Index(tuple(words_of(value)) for value in values), landed.intersection).scan(places)


@pytest.mark.parametrize(
    "text",
    [
        "<td>ada.l@example.com</td>",
        "<td>ADA.L@EXAMPLE.COM</td>",
        "ada.l&#64;example.com",
        "user=ada.l%40example.com&x=1",
        r'{"email": "ada.l\u0040example.com"}',
        "Dear Ada\n  Lovelace,",
        r'"Dear\nAda\tLovelace"',
        r'"{\"text\": \"\\nAda Lovelace\\n\"}"',
        "<td>Ada</td><td>Lovelace</td>",
        "Ada&nbsp;Love&shy;lace",
        "ada_lovelace.csv",
        "A\u200bda Lovelace",
        "born 1990-12-10.",
        "1990/12/10",
        "call +44 (20) 7946-0000",
        "call 0044 2079460000",
        "+442079460000",
        "serial 50F7B4F3-7AF5-4B07-A421-7B902C8D2B7C",
        "somebody.else@example.org",
        "jürgen@müller.example",
        "Jürgen Müller-Lüdenscheidt",
        "Ju\u0308rgen Mu\u0308ller-Lu\u0308denscheidt",
        "JÜRGEN MÜLLER-LÜDENSCHEIDT",
        r'"J\u00fcrgen M\u00FCller-L\u00fcdenscheidt"',
        r'"{\"name\": \"J\\u00fcrgen M\\u00fcller-L\\u00fcdenscheidt\"}"',
        "J&uuml;rgen M&#xfc;ller-L&#252;denscheidt",
        "?name=J%C3%BCrgen+M%C3%BCller-L%C3%BCdenscheidt",
        r"b'J\xc3\xbcrgen M\xc3\xbcller-L\xc3\xbcdenscheidt'",
        r"'J\xfcrgen M\xfcller-L\xfcdenscheidt'",
        "Zoë O&#x27;Brien",
        "Zoe\u0308 O’BRIEN",
        "JOSE\u0301 MARI\u0301A",
        "客户李明的设备",
        "김철수는",
        r'"\ud842\udfb7\u7530 \u592a\u90ce"',
        "राहुल शर्मा",
        "Οδυσσεύς Οδυσσευς Σοφος",
        "+1 801.555.0142",
        "8015550142",
        "dial 444 7788",
        "0049 (89) 123 4567",
        "+49 89 1234567".replace("+", "00"),
        "sn-0001/7",
    ],
)
def test_identity_is_found_however_it_is_spelled(text):
    found = audit(ADA | OTHERS | COMMON, Place("page.html", f"before {text} after"))
    assert found.found == {"page.html": 1}
    assert not found.passed
    assert "page.html (1)" in str(found)
    assert "ada" not in str(found).lower()


@pytest.mark.parametrize("kind", ["page.html", "notebook.ipynb", "run.json", "log"])
def test_every_planted_value_is_found_in_every_kind_of_place(kind):
    place = {
        "page.html": lambda value: f'<img src="data:image/png;base64,{PICTURE}"><p>{html.escape(value)}</p>',
        "notebook.ipynb": lambda value: json.dumps(
            {"cells": [{"data": {"image/png": PICTURE + "\n"}}, {"text": [f"x\n{value}\n"]}]}
        ),
        "run.json": lambda value: json.dumps({"reason": f"said\t{value}"}, ensure_ascii=False),
        "log": lambda value: json.dumps({"Event": "x", "plan": json.dumps({"filter": f"(name = {value})"})}),
    }[kind]
    values = ADA | OTHERS
    for value in values:
        assert audit(values, Place("it", place(value), is_log=kind == "log")).found == {"it": 1}, value


@pytest.mark.parametrize(
    "text",
    [
        "Adam Lovelace",
        "Ada",
        "1990-12-11",
        "ada.l",
        "x1990-12-10x",
        "1990 12",
        "19901210 bytes",
        "1442079460000",
        "M 0.44 4778.8",
        "Jürgen Müller",
        "https://cdn.example/npm/jquery@3.5.1/dist/icon@2x.png",
        "3f2b8c1e-5d2a-4c57-9f0e-1a2b3c4d5e6f",
        "Max may keep the report that Will and Mark kept in April",
    ],
)
def test_what_only_looks_alike_is_none(text):
    assert audit(ADA | OTHERS | COMMON, Place("page.html", text)).passed


def test_the_base64_of_a_picture_is_no_text():
    wrapped = "\\n".join(textwrap.wrap(PICTURE, 76))
    numbers = {str(number) for number in re.findall(r"(?<=[+/])\d{7}(?=[+/])", PICTURE)} | {"a1b2c3"}
    texts = [
        f'<img src="data:image/png;base64,{PICTURE}">',
        f'<img src="data:image/jpeg;base64,{PICTURE.replace("iVBOR", "/9j/4")}">',
        json.dumps({"data": {"image/png": PICTURE}}),
        json.dumps({"said": json.dumps({"image/png": PICTURE})}),
        f'{{"image/png": "{wrapped}\\n"}}',
        f'{{"image/gif": [\n "{textwrap.wrap(PICTURE, 76)[0]}"]}}',
        PICTURE,
    ]
    words = set(re.findall(r"(?<=[+/])[0-9A-Za-z]{3,4}(?=[+/])", PICTURE))
    assert len(words) > 100
    for text in texts:
        assert audit(words | numbers | COMMON, Place("page.html", text)).passed, text[:40]
        assert not audit(ADA, Place("page.html", f"{text} Ada Lovelace")).passed


def test_a_name_of_one_word_counts_as_the_value_of_its_field():
    for text in ('"customerName": "Wen"', "customerName=Wen", "&quot;customerName&quot;: &quot;WEN&quot;"):
        assert not audit({"Wen"}, Place("page.html", text)).passed
    assert audit({"Wen", "Executor"}, Place("page.html", "customerName when Wen, Executor")).passed


def test_a_uuid_is_a_serial_where_the_landing_files_hold_it():
    page = Place("page.html", "50F7B4F3-0000-4000-8000-7B902C8D2B7C")
    log = Place("log", page.text, is_log=True)
    assert audit(ADA, page, log).passed
    assert audit(ADA, page, log, landed={page.text.lower()}).found == {"page.html": 1}


def test_the_words_of_spark_are_no_names_in_its_logs():
    log = Place("sparkHistoryLogs/a", "Executor class@1a2b.com 50f7b4f3-0000-0000-0000-7b902c8d2b7c", is_log=True)
    assert audit({"Executor"}, log).passed
    assert not audit(ADA, Place("sparkHistoryLogs/a", "Ada Lovelace", is_log=True)).passed


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
    rows.append({"customerName": "Keep consented"})
    text = "\r\n".join([json.dumps(rows[0]), "{broken", *map(json.dumps, rows[1:]), "[]", ""])
    put(bucket, "customer/landing/deep/a.json", text.encode("utf-8-sig"))
    put(bucket, "customer/landing/b.json.gz", b"no archive")
    # 555 and 1655564376361 could be a count and a time, "keep consented" stands in the notebooks, today is a date.
    expected = {"Ada Lovelace", "ada.l@example.com", "5550001234", "s-1 4", "Rows", "BO@example.com"}
    index = landing_identities(bucket)
    assert len(index) == len(expected)
    assert not [value for value in expected if not index.find(f'"customerName": "{value}"')]


def test_a_serial_of_no_customer_is_found_in_lines_of_any_kind(bucket):
    known, broken, strange = (f"{digit * 8}-0000-4000-8000-7b902c8d2b7c" for digit in "abc")
    put(bucket, "step_trainer/landing/deep/a.json.gz", gzip.compress(f'{{"serialNumber": "{known.upper()}"}}'.encode()))
    put(bucket, "customer/landing/c.json", b'\xff{"serialNumber": "' + broken.encode() + b'", brok')
    assert landed_serials(bucket, {known, broken, strange}) == {known, broken}


def test_a_column_of_the_curated_table_that_names_people_is_found(bucket):
    body = io.BytesIO()
    notes = [f"by {value}" for value in ADA | OTHERS]
    table = pa.table({"participantId": ["0" * 64] * len(notes), "x": [1.0] * len(notes), "note": notes})
    pq.write_table(table, body)
    put(bucket, "step_trainer/curated/run=r1/part-0.parquet", body.getvalue())
    storage = {"Columns": [], "Location": f"s3://{bucket}/step_trainer/curated/run=r1/"}
    boto3.client("glue").create_table(
        DatabaseName=bucket, TableInput={"Name": "machine_learning_curated", "StorageDescriptor": storage}
    )
    places = list(research_places(bucket))
    assert audit(ADA | OTHERS, *places).found == {"step_trainer/curated/run=r1/part-0.parquet": len(notes)}


@pytest.mark.parametrize("phone", ["5550472", "201234567", "447700900123"])
def test_what_was_counted_is_nobodys_phone_and_what_was_said_is(bucket, tmp_path, phone):
    since = datetime.now(timezone.utc) - timedelta(minutes=1)
    measured = {"ID": 5, "Name": "data size", "Update": phone, "Value": phone, "Metadata": "sql"}
    task = {"Event": "SparkListenerTaskEnd", "Task Info": {"Accumulables": [measured]}, "CPU Time": int(phone)}
    driver = {"Event": "SparkListenerDriverAccumUpdates", "accumUpdates": [[5, int(phone)]]}
    counted = {"read": int(phone), "seconds": float(phone), "kept": -int(phone)}
    put(bucket, "sparkHistoryLogs/app-1", f"{json.dumps(task)}\n{json.dumps(driver)}\n".encode())
    put(bucket, "runs/r1/02.json", json.dumps(counted).encode())
    (tmp_path / "run.json").write_text(json.dumps({"rows": [counted]}, indent=1))
    assert audit({phone}, *bucket_places(bucket, "r1", since), *report_places(tmp_path)).passed
    measured["Update"] = f"[{phone}]"  # an accumulator that collects values
    plan = {"Event": "SparkListenerSQLExecutionStart", "physicalPlanDescription": f"Filter (phone = {phone})"}
    cut_off = f'{{"Event": "x", "filter": "phone = {phone}"'
    put(bucket, "sparkHistoryLogs/app-1", json.dumps(task).encode())
    put(bucket, "sparkHistoryLogs/app-2", f"{json.dumps(driver)}\n{json.dumps(plan)}\n".encode())
    put(bucket, "sparkHistoryLogs/app-3", f"{json.dumps(driver)}\n{cut_off}\n".encode())
    put(bucket, "runs/r1/02.json", json.dumps(counted | {"reason": f"call {phone}"}).encode())
    (tmp_path / "run.json").write_text(json.dumps({"rows": [counted], "phone": phone}, indent=1))
    found = audit({phone}, *bucket_places(bucket, "r1", since), *report_places(tmp_path)).found
    logs = [f"sparkHistoryLogs/app-{number}" for number in (1, 2, 3)]
    assert set(found) == {*logs, "runs/r1/02.json", f"{tmp_path.name}/run.json"}
    boto3.client("s3").delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in logs]})


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


def test_the_logs_of_sessions_are_waited_for(bucket, monkeypatch):
    put(bucket, "sparkHistoryLogs/other", b"log")
    others = finished_logs(bucket)
    monkeypatch.setattr("runner.privacy.audit.LOGS_WITHIN", 0.1)
    put(bucket, "sparkHistoryLogs/mine.inprogress", b"log")
    put(bucket, "sparkHistoryLogs/eventlog_v2_rolled/events_1", b"log")
    put(bucket, "sparkHistoryLogs/eventlog_v2_rolled/appstatus.inprogress", b"")
    with pytest.raises(StepFailed, match="2 Glue sessions have ended and left 0 event logs"):
        await_logs(bucket, others, 2)
    put(bucket, "sparkHistoryLogs/mine", b"log")
    with pytest.raises(StepFailed, match="left 1 event logs"):
        await_logs(bucket, others, 2)
    await_logs(bucket, others, 1)

    def come_late():
        put(bucket, "sparkHistoryLogs/late", b"log")

    now = datetime.now(timezone.utc)
    assert "sparkHistoryLogs/late" in {
        p.name for p in bucket_places(bucket, "r", now - timedelta(minutes=1), come_late)
    }

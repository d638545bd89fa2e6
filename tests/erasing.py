"""A bucket written by hand in which somebody stands, and the erasure of that person."""

import io
import json

import boto3
import pyarrow as pa
import pyarrow.parquet as pq

from helpers.participants import participant_id, read_participant_key
from helpers.publishing.catalog import get_table, put_table
from helpers.publishing.objects import list_keys, split_uri
from helpers.publishing.versions import FINGERPRINT, ROWS
from runner.privacy.erasure import Erasure

ADA, BOB, NADA = "ada.l@example.com", "bob@example.com", "nada.l@example.com"
ADAS, BOBS, SHARED = (f"{digit * 8}-7af5-4b07-a421-7b902c8d2b7c" for digit in "abc")
KEY = "stedi/participant-key"


def make_key():
    """Make the key of the participant ids, as the first run of a lakehouse does."""
    boto3.client("secretsmanager").create_secret(Name=KEY, SecretString="the key of these tests " * 2)


def customer(email, name, serial, updated=1_600_000_000_000):
    return {"customerName": name, "email": email, "serialNumber": serial, "lastUpdateDate": updated}


def motion(user, at=1_600_000_000_000):
    return {"user": user, "timestamp": at, "x": 0.1, "y": 0.2, "z": 0.3}


def step(serial, at=1_600_000_000_000):
    return {"sensorReadingTime": at, "serialNumber": serial, "distanceFromObject": 7}


def lines(*records):
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def put(settings, key, body, **more):
    boto3.client("s3").put_object(Bucket=settings.bucket, Key=key, Body=body, **more)


def get(settings, key):
    return boto3.client("s3").get_object(Bucket=settings.bucket, Key=key)["Body"].read()


def keys(settings):
    return [key for key in list_keys(f"s3://{settings.bucket}/") if not key.startswith("erasures/")]


def parquet(rows, **more):
    body = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), body, **more)
    return body.getvalue()


def read_parquet(settings, key):
    return pq.read_table(io.BytesIO(get(settings, key))).to_pylist()


def publish(settings, table, run, rows):
    place = f"{settings.location(table)}run={run}/"
    put(settings, f"{split_uri(place)[1]}part-0.parquet", parquet(rows))
    definition = {
        "Name": table,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {ROWS: str(len(rows)), FINGERPRINT: f"mark of {run}"},
        "StorageDescriptor": {"Columns": [{"Name": name, "Type": "string"} for name in rows[0]], "Location": place},
    }
    put_table(settings.database, definition, get_table(settings.database, table))
    return f"{split_uri(place)[1]}part-0.parquet"


def adas_id():
    return participant_id(ADA, read_participant_key(KEY))


def erase(settings, reports, *who, yes=True):
    """Erase; what was found, and what was said."""
    said = []
    erasure = Erasure(settings, list(who or [ADA]), reports, said.append)
    findings = erasure.look()
    if yes:
        erasure.erase(findings)
    return {finding.name: finding for finding in findings}, said


def certificates(settings):
    return [json.loads(get(settings, key)) for key in list_keys(f"s3://{settings.bucket}/erasures/")]

"""Who is in the landing files: every name, e-mail address, phone, birthday and serial number of the customers there."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import boto3

from helpers.landing.parsing import find_objects, read_line
from runner.paths import HELPERS, NOTEBOOKS, PROJECT, SQL
from runner.pipeline.packing import unpack
from runner.privacy.words import Index, is_one_word, words_of
from runner.report.masking import SERIAL

FIELDS = frozenset({"customername", "email", "phone", "birthday", "serialnumber"})
SHORTEST_NUMBER = 7
"""A number of fewer digits cannot be told from a count."""
EPOCH_MS = re.compile(r"[0-4][0-9]{12}")
"""A number like this is a time in milliseconds wherever it stands."""
OWN_TEXTS = ((NOTEBOOKS, "*.ipynb"), (HELPERS, "*.py"), (SQL, "*.sql"), (PROJECT / "runner" / "report", "*"))


def landing_identities(bucket: str) -> set[str]:
    """The identity values in ``customer/landing/``, as they are spelled there.

    Left out is what could not be told from other text wherever it stands: numbers of fewer than seven digits or that
    are times in milliseconds, the dates of today and yesterday, and sequences of words that the project's own pages are
    written in.
    """
    values = {value for body in _bodies(bucket, "customer/landing/") for value in _customer_values(body)}
    telling = {value for value in values if _is_telling(words_of(value))}
    index = Index(value for value in telling if not is_one_word(value))
    own = set().union(*(index.find(text) for text in _own_texts()))
    return {value for value in telling if tuple(words_of(value)) not in own}


def landed_serials(bucket: str, serials: set[str]) -> set[str]:
    """Those of some UUIDs, in lower case, that landing files hold: of whichever source, in lines of whatever kind."""
    bodies = (body for zone in ("customer/landing/", "step_trainer/landing/") for body in _bodies(bucket, zone))
    return {serial for body in bodies for serial in serials.intersection(_uuids(body))}


def _bodies(bucket: str, prefix: str) -> Iterator[bytes]:
    s3 = boto3.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            yield s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()


def _uuids(body: bytes) -> Iterator[str]:
    try:
        text = unpack(body).decode("latin-1")
    except (OSError, EOFError, ValueError):
        return  # a damaged archive: its step has failed on it
    for found in SERIAL.finditer(text):
        yield found[0].lower()


def _customer_values(body: bytes) -> Iterator[str]:
    try:
        body = unpack(body)
    except (OSError, EOFError, ValueError):
        return  # a damaged archive: step 02 has failed on it
    pieces = [piece for line in body.split(b"\n") for piece in read_line(line)]
    records = [piece.fields for piece in pieces if piece.fields is not None]
    if len(records) < len(pieces):  # lines in quarantine: of a file in another form it is known who is in it
        records += [fields for _, _, fields in find_objects(body.decode("utf-8", "replace"))]
    yield from (value for fields in records for name, value in fields if name.lower() in FIELDS and value)


def _is_telling(words: list[str]) -> bool:
    joined = "".join(words)
    if not joined.isdigit():
        return len(joined) > 2 or (len(words) > 1 and not joined.isascii())  # two characters are a Chinese name
    today = date.today()
    days = [f"{today - timedelta(days=ago):%Y%m%d}" for ago in (-1, 0, 1)]
    return len(joined) >= SHORTEST_NUMBER and not EPOCH_MS.fullmatch(joined) and joined not in days


def _own_texts() -> Iterator[str]:
    for root, pattern in OWN_TEXTS:
        for path in root.rglob(pattern):
            if path.is_file() and path.suffix != ".pyc":
                yield path.read_text("utf-8")

"""Who is in the landing files: every name, e-mail address, phone, birthday and serial number of the customers there."""

import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import boto3

from helpers.landing.parsing import Fields, find_objects, read_line
from helpers.publishing.objects import list_objects
from helpers.tables import TABLES
from runner.paths import HELPERS, NOTEBOOKS, PROJECT, SQL
from runner.pipeline.packing import unpack
from runner.privacy.search import Index, Words, words_of

CUSTOMERS = TABLES["customer_landing"]
FIELDS = frozenset(column.name.lower() for column in CUSTOMERS.columns if column.identity)
SHORTEST_NUMBER = 7
"""A number of fewer digits cannot be told from a count."""
EPOCH_MS = re.compile(r"[0-4][0-9]{12}")
"""A number like this is a time in milliseconds wherever it stands."""
OWN_TEXTS = ((NOTEBOOKS, "*.ipynb"), (HELPERS, "*.py"), (SQL, "*.sql"), (PROJECT / "runner" / "report", "*"))


def landing_identities(bucket: str) -> Index:
    """The identity values in ``customer/landing/``.

    Left out is what could not be told from other text wherever it stands: numbers of fewer than seven digits or that
    are times in milliseconds, the dates of today and yesterday, and sequences of words that the project's own pages are
    written in.
    """
    records = (fields for body in _bodies(bucket, CUSTOMERS.prefix) for fields in read_records(body))
    values = (value for fields in records for name, value in fields if value and name.lower() in FIELDS)
    today = date.today()
    days = [f"{today - timedelta(days=ago):%Y%m%d}" for ago in (-1, 0, 1)]
    index = Index(words for words in map(tuple, map(words_of, values)) if _is_telling(words, days))
    index.forget(found for text in _own_texts() for found in index.find(text))
    return index


def read_records(content: bytes) -> Iterator[Fields]:
    """The fields of each object in an unpacked landing file: of JSON lines, an array, or pretty-printed objects."""
    is_whole = True
    for line in io.BytesIO(content):
        for piece in read_line(line):
            if piece.fields is None:
                is_whole = False
            else:
                yield piece.fields
    if not is_whole:  # lines in quarantine: of a file in another form it is known who is in it
        yield from (fields for _, _, fields in find_objects(content.decode("utf-8", "replace")))


def landed_serials(bucket: str, serials: set[str]) -> set[str]:
    """Those of some UUIDs, in lower case, that landing files hold: of whichever source, in lines of whatever kind."""
    found = set()
    for table in (CUSTOMERS, TABLES["step_trainer_landing"]):
        for body in map(bytes.lower, _bodies(bucket, table.prefix)):
            found |= {serial for serial in serials if serial.encode() in body}
    return found


def _bodies(bucket: str, prefix: str) -> Iterator[bytes]:
    s3 = boto3.client("s3")
    for item in list_objects(f"s3://{bucket}/{prefix}"):
        body = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
        try:
            yield unpack(body)
        except (OSError, EOFError, ValueError):
            continue  # a damaged archive: its step has failed on it


def _is_telling(words: Words, days: Iterable[str]) -> bool:
    joined = "".join(words)
    if not joined.isdigit():
        return len(joined) > 2 or (len(words) > 1 and not joined.isascii())  # two characters are a Chinese name
    return len(joined) >= SHORTEST_NUMBER and not EPOCH_MS.fullmatch(joined) and joined not in days


def _own_texts() -> Iterator[str]:
    for root, pattern in OWN_TEXTS:
        for path in root.rglob(pattern):
            if path.is_file() and path.suffix != ".pyc":
                yield path.read_text("utf-8")

"""The transforms against the oracle: landing sets with every oddity mixed, every table and every count compared."""

import json
import os
import tempfile
from collections import Counter
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import accelerometer, customers, step_trainer
from helpers import machine_learning as ml
from helpers.counting import account
from helpers.landing.lines import read_records
from helpers.landing.new_fields import NewFields
from helpers.tables import TABLES
from tests.oracle import expect

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "6"))
"""Each takes seconds; `make test-deep ORACLE_EXAMPLES=100` looks longer."""
NOON = 1_680_000_000_000  # epoch ms
PEOPLE = ["ada@example.com", "bo@example.com", "jürg@straße.example", "di@example.com"]
DEVICES = ["11111111-aaaa", "22222222-bbbb", "33333333-cccc"]
ABSENT = object()


def rarely(usual, *odd, one_in=8):
    """Mostly the usual strategy, now and then one of the odd values."""
    return st.integers(1, one_in).flatmap(lambda n: st.sampled_from(odd) if n == 1 else usual)


def spelled(values):
    """A text as sources spell it: other case, spaces around, some of them invisible, accents apart."""
    odd = (str.upper, lambda text: f" {text}", lambda text: f"{text}\t", lambda text: f"\ufeff{text}\u00a0\u200b")
    shapes = st.sampled_from([str, str, str, str, *odd, lambda text: normalize("NFD", text)])
    return st.builds(lambda value, shape: shape(value), st.sampled_from(values), shapes)


def padded(values):
    return st.builds(lambda value, pad: value + pad, st.sampled_from(values), st.sampled_from(["", "", "", " "]))


MOMENTS = st.integers(NOON, NOON + 5)
TIMES = st.builds(lambda time, shape: shape(time), MOMENTS, st.sampled_from([int, int, int, float, str]))
BAD_TIMES = (None, "", "soon", 12, NOON + 0.5, True, [NOON], -NOON, 4_102_444_800_001)
NUMBERS = rarely(st.sampled_from([0.5, -1.25, 3, 0]), "1.5", " 2 ", "+.5", 1e3)
BAD_NUMBERS = (None, "", "far", True, [1], {"v": 1}, "NaN")
CONSENTS = st.one_of(TIMES, st.sampled_from([ABSENT, None, 0, "", "  ", "0", 0.0]))
MALFORMED = [
    b"{",
    b"[]",
    b"null",
    b"7",
    b'{"a": 1} {"b": 2}',
    b'{"a": 1}, "b": 2',
    b'{"email": "\xff"}',
    b"\xef\xbb\xbf",
    b"nothing",
]
BLANKS = [b"", b"   ", b"\r"]


def written(row, shape):
    """An object as JSON: names in lower case now and then, a field given again, with the same value or another."""
    row = {name: value for name, value in row.items() if value is not ABSENT}
    if shape == "lower":
        row = {name.lower(): value for name, value in row.items()}
    if shape in ("again", "twice") and row:
        name, value = next(iter(row.items()))
        again = value if shape == "again" else "di@example.com"
        return f"{json.dumps(row)[:-1]}, {json.dumps(name.upper())}: {json.dumps(again)}}}".encode()
    return json.dumps(row).encode()


def lines(**fields):
    """The lines of one file: objects with these fields, broken lines, blank ones, and lines that are there twice."""
    objects = st.fixed_dictionaries({**fields, "firmware": rarely(st.just(ABSENT), "2.1", 3, None)})
    good = st.builds(written, objects, rarely(st.just("as it is"), "lower", "again", "twice"))
    line = st.integers(1, 12).flatmap(
        lambda n: st.sampled_from(MALFORMED) if n == 1 else st.sampled_from(BLANKS) if n == 2 else good
    )
    ending = st.sampled_from([b"\n", b"\n", b"\r\n", b""])
    return st.builds(
        lambda rows, again, end: end.join(rows + rows[:again]), st.lists(line, max_size=25), st.integers(0, 5), ending
    )


CUSTOMERS = lines(
    customerName=st.sampled_from(["Ada", "Bo", ABSENT, None]),
    email=rarely(spelled(PEOPLE), None, "", ABSENT, one_in=15),
    phone=st.sampled_from(["555", 555, None, ABSENT]),
    birthDay=st.sampled_from(["1990-01-01", "1208-02-28", "2001-02-29", "", None, ABSENT, 19900101]),
    serialNumber=rarely(padded(DEVICES), None, " ", ABSENT, one_in=15),
    registrationDate=rarely(TIMES, *BAD_TIMES, ABSENT, one_in=15),
    lastUpdateDate=rarely(TIMES, *BAD_TIMES, ABSENT, one_in=15),
    shareWithResearchAsOfDate=rarely(CONSENTS, "yes", -5, True, NOON + 0.5),
    shareWithPublicAsOfDate=st.sampled_from([ABSENT, NOON, "x", None]),
)
MOTION = lines(
    user=rarely(spelled([*PEOPLE, "stranger@example.com"]), None, "", ABSENT, one_in=15),
    timestamp=rarely(TIMES, *BAD_TIMES, ABSENT, one_in=15),
    **{axis: rarely(NUMBERS, *BAD_NUMBERS, ABSENT, one_in=20) for axis in "xyz"},
)
STEPS = lines(
    sensorReadingTime=rarely(TIMES, *BAD_TIMES, ABSENT, one_in=15),
    serialNumber=rarely(padded([*DEVICES, "99999999-zzzz"]), None, "", ABSENT, one_in=15),
    distanceFromObject=rarely(
        st.sampled_from([0, 200, 200.0, "210", 2_147_483_647]), None, -1, 1.5, "far", True, 2**31
    ),
)


@pytest.mark.deep
def test_every_table_and_every_count_is_the_oracles(spark):
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        sources=st.fixed_dictionaries({"customer": CUSTOMERS, "accelerometer": MOTION, "step_trainer": STEPS}),
        consent=st.sampled_from(["at_collection", "any_time"]),
        match=st.sampled_from(["customer_and_time", "time_only"]),
    )
    def compare(sources, consent, match):
        with tempfile.TemporaryDirectory() as root:
            compare_with_oracle(spark, Path(root), sources, consent, match)

    compare()


def compare_with_oracle(spark, root, sources, consent, match):
    for source, text in sources.items():
        folder = root / source / "landing"
        folder.mkdir(parents=True)
        (folder / "lines.json").write_bytes(text)
    expected = expect(root, consent, match)
    tables, steps = transform(spark, root, consent, match)
    assert steps == plain(expected.counts()["steps"])
    for name, rows in tables.items():
        wanted = expected.tables[name].rows
        if name == "machine_learning_curated":
            wanted = [row[1:] for row in wanted]
        assert Counter(rows) == Counter(map(comparable, wanted)), name


def plain(steps):
    """The oracle's accounting without what stands apart from it."""
    return {name: {key: value for key, value in step.items() if key != "pairs"} for name, step in steps.items()}


def comparable(row):
    return tuple(str(value) if value is not None else None for value in row)


def transform(spark, root, consent, match):
    """Every transform in the order of the notebooks, without tables in between."""

    def read(source):
        return read_records(spark, (root / source / "landing").as_uri(), source)

    events = customers.classify(read("customer")).persist()
    register = customers.keep_latest(events).persist()
    trusted = customers.keep_consenting(events, NewFields()).persist()
    motion_seen = accelerometer.classify(read("accelerometer"), register, consent).persist()
    motion = accelerometer.keep_consented(motion_seen, NewFields()).persist()
    curated_seen = customers.classify_by_motion(trusted, motion).persist()
    curated = customers.keep_moving(curated_seen)
    steps_seen = step_trainer.classify(read("step_trainer"), register, curated, consent).persist()
    steps = step_trainer.keep_covered(steps_seen, NewFields()).persist()
    left, right = ml.steps_to_join(steps), ml.motion_to_join(motion, register)
    pairs = ml.pair_readings(left, right, match)
    matched, expected_pairs = ml.account_matches(left, right, match, read=steps.count() + motion.count())
    assert expected_pairs == pairs.count()
    accounts = {
        "customer_landing_to_trusted": account(events, TABLES["customer_landing"].reasons),
        "accelerometer_landing_to_trusted": account(motion_seen, TABLES["accelerometer_landing"].reasons),
        "customer_trusted_to_curated": account(curated_seen),
        "step_trainer_landing_to_trusted": account(steps_seen, TABLES["step_trainer_landing"].reasons),
        "machine_learning_curated": matched,
    }
    counted = {name: {**found.rows(), "quarantined": found.quarantined} for name, found in accounts.items()}
    frames = {
        "customer_trusted": trusted,
        "accelerometer_trusted": motion,
        "customers_curated": curated,
        "step_trainer_trusted": steps,
    }
    tables = {name: [comparable(row) for row in frame.collect()] for name, frame in frames.items()}
    # A pair tells whose motion it is; whose step it was is left behind with the serial number.
    tables["machine_learning_curated"] = [comparable(row) for row in pairs.collect()]
    spark.catalog.clearCache()
    return tables, counted

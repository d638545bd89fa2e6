"""Pairs of step and motion readings, and the identity that stays behind."""

import hashlib
import hmac

import pytest

from helpers import machine_learning as ml
from helpers.errors import ReconciliationFailed
from helpers.participants import participant_ids

STEPS = "sensorReadingTime bigint, serialNumber string, distanceFromObject int"
MOTION = "user string, timestamp bigint, x double, y double, z double, serialNumber string"
REGISTER = "email string, serialNumber string, ambiguous boolean"


@pytest.fixture(scope="module")
def sides(spark):
    """Ada and Bob at the same millisecond, Ada alone at another, Bob's motion without a step, a shared device."""
    steps = spark.createDataFrame([(1, "s-a", 200), (1, "s-b", 300), (2, "s-a", 210), (9, "s-a", 220)], STEPS)
    motion = spark.createDataFrame(
        [
            ("a", 1, 1.0, 0.0, 0.0, "s-a"),
            ("a", 1, 2.0, 0.0, 0.0, "s-a"),
            ("b", 1, 3.0, 0.0, 0.0, "s-b"),
            ("a", 2, 4.0, 0.0, 0.0, "s-a"),
            ("b", 5, 5.0, 0.0, 0.0, "s-b"),
            ("c", 1, 6.0, 0.0, 0.0, "s-c"),
        ],
        MOTION,
    )
    people = [("a", "s-a", False), ("b", "s-b", False), ("c", "s-c", True), ("d", "s-c", True)]
    return ml.steps_to_join(steps), ml.motion_to_join(motion, spark.createDataFrame(people, REGISTER))


def test_a_pair_is_of_one_customer_at_one_millisecond(sides):
    pairs = ml.pair_readings(*sides, "customer_and_time").collect()
    found = sorted((row["user"], row["distanceFromObject"], row["x"]) for row in pairs)
    assert found == [("a", 200, 1.0), ("a", 200, 2.0), ("a", 210, 4.0), ("b", 300, 3.0)]


def test_time_alone_pairs_different_customers_too(sides):
    assert ml.pair_readings(*sides, "time_only").count() == 7


@pytest.mark.parametrize("match", ["customer_and_time", "time_only"])
def test_a_shared_device_joins_nothing(sides, match):
    assert "c" not in {row["user"] for row in ml.pair_readings(*sides, match).collect()}


@pytest.mark.parametrize(
    ("match", "kept", "unmatched", "pairs"),
    [
        ("customer_and_time", 7, {"unmatched_motion": 2, "unmatched_step": 1}, 4),
        ("time_only", 7, {"unmatched_motion": 2, "unmatched_step": 1}, 7),
    ],
)
def test_both_sides_are_accounted_for(sides, match, kept, unmatched, pairs):
    found, count = ml.account_matches(*sides, match, read=10)
    assert (found.kept, found.excluded) == (kept, unmatched)
    assert count == pairs == ml.pair_readings(*sides, match).count()


def test_a_reading_that_nobody_counted_is_an_error(sides):
    with pytest.raises(ReconciliationFailed, match="Read 11 rows, but can explain 10"):
        ml.account_matches(*sides, "time_only", read=11)


def test_a_participant_is_a_keyed_hash_and_the_key_is_in_no_plan(spark, sides, capsys):
    key = b"0123456789abcdef0123456789abcdef"
    participants = participant_ids(sides[1], key)
    found = {row["user"]: row["participantId"] for row in participants.collect()}
    assert found["a"] == hmac.new(key, b"a", hashlib.sha256).hexdigest()
    assert len(found) == 3
    participants.explain("extended")
    assert key.decode() not in capsys.readouterr().out


def test_nothing_of_the_customer_is_left(sides):
    curated = ml.strip_identity(ml.pair_readings(*sides, "customer_and_time"), participant_ids(sides[1], b"k" * 32))
    assert curated.columns == ml.COLUMNS

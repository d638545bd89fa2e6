"""Which readings the consent covers, for the phone's motion and for the device's steps."""

import pytest

from helpers import accelerometer, step_trainer
from helpers.counting import account
from helpers.landing.new_fields import NewFields
from helpers.tables import TABLES

CONSENT = 1655564376361
REGISTER = "email string, serialNumber string, shareWithResearchAsOfDate bigint, ambiguous boolean"


def motion(user="ada@example.com", timestamp=CONSENT, x=1.0, **more):
    return {"user": user, "timestamp": timestamp, "x": x, "y": 0, "z": "-1.5", **more}


def step(serial="s-1", time=CONSENT, distance=246, **more):
    return {"sensorReadingTime": time, "serialNumber": serial, "distanceFromObject": distance, **more}


@pytest.fixture
def classify_motion(spark, landing):
    known = spark.createDataFrame(
        [("ada@example.com", "s-1", CONSENT, False), ("bob@example.com", "s-2", None, False)], REGISTER
    )

    def classify(*lines, consent="at_collection"):
        return accelerometer.classify(landing("accelerometer", *lines), known, consent)

    return classify


@pytest.fixture
def classify_steps(spark, landing):
    register = spark.createDataFrame(
        [
            ("ada@example.com", "s-1", CONSENT, False),
            ("bob@example.com", "s-2", None, False),
            ("cyd@example.com", "s-3", CONSENT, True),
            ("dan@example.com", "s-3", CONSENT, True),
            ("eve@example.com", "s-4", CONSENT, False),
        ],
        REGISTER,
    )
    curated = spark.createDataFrame([("ada@example.com",)], "email string")

    def classify(*lines, consent="at_collection"):
        return step_trainer.classify(landing("step_trainer", *lines), register, curated, consent)

    return classify


def test_a_reading_at_the_instant_of_consent_is_covered(classify_motion):
    assert account(classify_motion(motion())).kept == 1


def test_a_reading_before_consent_counts_only_at_any_time(classify_motion):
    early = motion(timestamp=CONSENT - 1)
    assert account(classify_motion(early)).excluded == {"before_consent": 1}
    assert account(classify_motion(early, consent="any_time")).kept == 1


def test_unknown_customers_and_missing_consent_are_different_reasons(classify_motion):
    found = account(classify_motion(motion(user="eve@example.com"), motion(user="BOB@example.com ")))
    assert found.excluded == {"no_consent": 1, "unknown_customer": 1}


def test_equal_readings_count_once_and_different_ones_of_one_millisecond_all_count(classify_motion):
    found = account(classify_motion(motion(), motion(timestamp=str(CONSENT), x="1"), motion(x=2.0)))
    assert (found.read, found.kept, found.duplicates) == (3, 2, 1)


def test_lines_that_cannot_be_motion_are_quarantined(classify_motion):
    lines = ["{", "{", motion(user=None), motion(timestamp="noon"), motion(x="NaN"), motion(x=None)]
    found = account(classify_motion(*lines), TABLES["accelerometer_landing"].reasons)
    assert found.quarantined == {"malformed_json": 2, "missing_key": 1, "bad_timestamp": 1, "bad_measurement": 2}
    assert (found.kept, found.duplicates) == (0, 0)


def test_a_kept_reading_carries_the_customers_device_and_consent(classify_motion):
    (row,) = accelerometer.keep_consented(classify_motion(motion()), NewFields()).collect()
    assert tuple(row) == ("ada@example.com", CONSENT, 1.0, 0.0, -1.5, "s-1", CONSENT)


def test_every_reason_to_leave_a_step_out_has_its_name(classify_steps):
    lines = [step(), step("s-9"), step("s-3"), step("s-2"), step(time=CONSENT - 1), step("s-4")]
    found = account(classify_steps(*lines))
    assert found.kept == 1
    assert found.excluded == dict.fromkeys(
        ["ambiguous_device", "before_consent", "no_consent", "no_motion_data", "unknown_device"], 1
    )


def test_lines_that_cannot_be_steps_are_quarantined(classify_steps):
    lines = ["[]", step(serial=" "), step(time=0), step(distance=-1), step(distance=1.5), step(distance="far")]
    assert account(classify_steps(*lines), TABLES["step_trainer_landing"].reasons).quarantined == {
        "malformed_json": 1,
        "missing_key": 1,
        "bad_timestamp": 1,
        "bad_measurement": 3,
    }


def test_distances_may_be_floats_or_digit_strings(classify_steps):
    rows = step_trainer.keep_covered(classify_steps(step(distance=246.0), step(distance="247")), NewFields()).collect()
    assert sorted(row["distanceFromObject"] for row in rows) == [246, 247]

"""The latest registration event decides who is trusted."""

import json

import pytest

from helpers import customers
from helpers.landing.new_fields import NewFields

EARLY, LATE, LATER = 1655564376361, 1655564376999, 1655564377999


def event(email="ada@example.com", serial="s-1", updated=EARLY, research=EARLY, **more):
    """A registration event; ``research="absent"`` leaves the key out."""
    line = {
        "customerName": "Ada Sample",
        "email": email,
        "phone": "1",
        "birthDay": "1990-01-01",
        "serialNumber": serial,
    }
    line |= {"registrationDate": EARLY, "lastUpdateDate": updated, "shareWithResearchAsOfDate": research, **more}
    return {name: value for name, value in line.items() if value != "absent"}


@pytest.fixture
def outcomes(landing):
    """A function that classifies lines and returns outcome -> number of different events."""

    def classify(*lines):
        events = customers.classify(landing("customer", *lines))
        return {row["outcome"]: row["count"] for row in events.groupBy("outcome").count().collect()}

    return classify


def test_a_consenting_customer_is_kept(outcomes):
    assert outcomes(event()) == {"kept": 1}


@pytest.mark.parametrize("none", ["absent", None, 0, "0", "", "  ", 0.0])
def test_no_consent_has_many_spellings(outcomes, none):
    assert outcomes(event(research=none)) == {"no_consent": 1}


def test_a_consent_as_float_or_string_is_a_consent(outcomes):
    assert outcomes(event(research=float(EARLY)), event(email="b@example.com", research=str(EARLY))) == {"kept": 2}


def test_a_later_event_without_consent_is_a_withdrawal(outcomes):
    assert outcomes(event(), event(updated=LATE, research="absent")) == {"superseded": 1, "no_consent": 1}


def test_who_consents_again_is_back(outcomes):
    events = [event(), event(updated=LATE, research=None), event(updated=LATER, research=LATER)]
    assert outcomes(*events) == {"superseded": 2, "kept": 1}


def test_at_equal_times_the_event_without_consent_wins(outcomes):
    assert outcomes(event(), event(research=None)) == {"superseded": 1, "no_consent": 1}


def test_a_customer_is_an_address_whatever_its_case_and_blanks(outcomes):
    assert outcomes(event(), event(email=" ADA@example.com ", updated=LATE, research=0)) == {
        "superseded": 1,
        "no_consent": 1,
    }


@pytest.mark.parametrize("bad", ["yes", -5, True, 1655564376361.5])
def test_an_unreadable_consent_is_quarantined_and_keeps_the_customer_out(outcomes, bad):
    assert outcomes(event(), event(updated=LATE, research=bad)) == {"superseded": 1, "bad_consent": 1}


def test_lines_that_cannot_be_events_are_named(outcomes):
    lines = ["{", event(email=" "), event(serial="absent"), event(updated="soon")]
    assert outcomes(*lines) == {"malformed_json": 1, "missing_key": 2, "bad_timestamp": 1}


def test_other_oddities_lose_no_customer(landing):
    lines = [event(phone=8015551212, birthDay="1999-02-30", shareWithPublicAsOfDate="no")]
    (row,) = customers.keep_consenting(customers.classify(landing("customer", *lines)), NewFields()).collect()
    assert (row["phone"], row["birthDay"], row["shareWithPublicAsOfDate"]) == ("8015551212", None, None)


def test_a_device_of_two_customers_belongs_to_nobody(landing):
    events = customers.classify(landing("customer", event(), event(email="bob@example.com", research=None)))
    register = customers.keep_latest(events)
    assert [row["ambiguous"] for row in register.collect()] == [True, True]
    (device,) = customers.device_owners(register).collect()
    assert device["ambiguous"]


def test_the_register_knows_everybody_by_the_latest_event(landing):
    lines = [event(), event(updated=LATE, serial="s-9", research=None), event(email="bob@example.com", serial="s-2")]
    doubtful = event(email="cyd@example.com", serial="s-3", research="yes")
    found = customers.keep_latest(customers.classify(landing("customer", *lines, doubtful, "{"))).collect()
    assert sorted(tuple(row) for row in found) == [
        ("ada@example.com", "s-9", None, False),
        ("bob@example.com", "s-2", EARLY, False),
        ("cyd@example.com", "s-3", None, False),
    ]


def test_an_address_given_twice_with_a_consent_consents_to_nothing(landing):
    line = json.dumps(event()).replace('"phone": "1"', '"phone": "1", "phone": "2"')
    events = customers.classify(landing("customer", event(email="bob@example.com", serial="s-2"), line))
    found = {row["email"]: row["shareWithResearchAsOfDate"] for row in customers.keep_latest(events).collect()}
    assert found == {"ada@example.com": None, "bob@example.com": EARLY}


def test_customers_without_motion_are_named(spark):
    trusted = spark.createDataFrame([("a@example.com",), ("b@example.com",)], "email string")
    motion = spark.createDataFrame([("a@example.com",), ("a@example.com",)], "user string")
    classified = customers.classify_by_motion(trusted, motion)
    assert {row["customer"]["email"]: row["outcome"] for row in classified.collect()} == {
        "a@example.com": "kept",
        "b@example.com": "no_motion_data",
    }

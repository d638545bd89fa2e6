"""Who somebody is: every user of the one spelling sees the same person, however a file spells the address."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.identity import normal_address, normal_serial, trim
from helpers.landing.contract import CONTRACTS
from helpers.participants import participant_id
from runner.privacy.people import People
from runner.privacy.traces import Traces, Verdict

INVISIBLE = st.text(
    st.sampled_from(" \t\r\n\x0b\x0c\x1f\x85\u00a0\u1680\u2003\u200b\u200d\u200e\u2028\u202f\u2060\u3000\ufeff\u00ad"),
    max_size=4,
)
LETTERS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
FORMS = st.sampled_from(["NFC", "NFD"])
KEY = b"k" * 32


def spelled(text, form, before, after):
    return before + normalize(form, text) + after


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Ada@Example.com", "ada@example.com"),
        ("\u00a0ada@example.com\u200b", "ada@example.com"),
        ("\ufeffada@example.com\r", "ada@example.com"),
        ("JU\u0308RG@STRASSE.de", "jürg@strasse.de"),
        ("Jürg@Straße.de", "jürg@strasse.de"),
        ("\u00a0\u200b", ""),
        ("a b@example.com", "a b@example.com"),
    ],
)
def test_an_address_has_one_spelling(text, normal):
    assert normal_address(text) == normal


def test_the_case_of_a_serial_number_counts():
    assert normal_serial("\u2060AB-1\u00a0") == "AB-1" != normal_serial("ab-1")


def test_ids_of_plain_addresses_are_what_they_were():
    assert participant_id(normal_address(" Ada@Example.com\t"), KEY) == participant_id("ada@example.com", KEY)


@given(LETTERS, FORMS, INVISIBLE, INVISIBLE)
def test_a_spelling_changes_nothing_and_is_stable(text, form, before, after):
    address = normal_address(text)
    assert normal_address(spelled(text, form, before, after)) == address == normal_address(address)
    assert normal_address(text.casefold()) == address
    serial = normal_serial(text)
    assert normal_serial(spelled(text, form, before, after)) == serial == normal_serial(serial)
    assert trim(spelled(text, form, before, after)) == trim(normalize(form, text))


@given(LETTERS, FORMS, INVISIBLE, INVISIBLE)
def test_all_users_of_it_see_the_same_person(text, form, before, after):
    address, serial = f"{text}@example.com", f"{text}-1"
    other, device = spelled(address, form, before, after), spelled(serial, form, before, after)
    landed = CONTRACTS["customer"].sort([("EMAIL", other), ("serialnumber", device)])[0]
    registered = CONTRACTS["customer"].values(landed)
    motion = CONTRACTS["accelerometer"].values(CONTRACTS["accelerometer"].sort([("user", other.upper())])[0])
    step = CONTRACTS["step_trainer"].values({"serialNumber": serial})
    assert registered["email"] == normal_address(address)
    assert motion["user"] == normal_address(other.upper())
    assert registered["serialNumber"] == step["serialNumber"] == normal_serial(serial)
    traces = Traces(People({normal_address(address)}, devices={normal_serial(serial)}))
    assert traces.judge_value("user", other, owned=True) is Verdict.OWN
    assert traces.judge_value("serialNumber", device, owned=False) is Verdict.OWN
    assert traces.stands_in(f"a log says {other} twice")
    assert not traces.stands_in(traces.mask(f"a log says {normalize(form, address)} twice"))

"""A broken source never empties a table: what is refused, what is said, and what may be accepted."""

import json
from dataclasses import replace

import pytest

from helpers import customers
from helpers.counting import account
from helpers.errors import BrokenSource
from helpers.landing.parsing import read_line
from helpers.publishing.breaker import check_kept, check_readable, likely_cause
from helpers.settings import Settings
from helpers.tables import TABLES
from tests.helpers.test_customers import event

SETTINGS = Settings(bucket="lake", database="stedi", run_id="r")
PEOPLE = [event(email=f"a{number}@example.com", serial=f"s-{number}") for number in range(40)]
PRETTY = "\n".join(json.dumps(one, indent=2) for one in PEOPLE)


@pytest.fixture
def check(landing):
    """A function that lands lines and checks whether so many of them can be read."""

    def look(*lines, settings=SETTINGS):
        events = customers.classify(landing("customer", *lines)).persist()
        check_readable(settings, "customer", events, account(events, TABLES["customer_landing"].reasons))

    return look


@pytest.mark.parametrize("broken", [0, 9, 10])
def test_up_to_a_fifth_and_less_than_ten_may_be_unreadable(check, broken):
    check(*PEOPLE, *["{"] * broken)


def test_nine_of_nine_may_be_unreadable(check):
    check(*["{"] * 9)


def test_more_than_a_fifth_is_refused_with_share_reasons_and_cause_but_without_a_line(check):
    with pytest.raises(BrokenSource) as error:
        check(*PEOPLE, *['{"email": "ada@example.com", "x": J\xf6rg}'] * 11, event(serial=None))
    said = str(error.value)
    assert said.startswith("12 of 52 lines of customer/landing/ cannot be read (malformed_json 11, missing_key 1)")
    assert "part-0.json" in said
    assert "accept_loss=yes" in said
    assert "ada@" not in said


@pytest.mark.parametrize(("lines", "refused"), [(40, False), (41, True)])
def test_more_than_half_may_not_break_a_rule(check, lines, refused):
    broken = [event(email=f"b{number}@example.com", updated="soon") for number in range(lines)]
    if refused:
        with pytest.raises(BrokenSource, match=r"41 of 81 lines .*\(bad_timestamp 41\)"):
            check(*PEOPLE, *broken)
    else:
        check(*PEOPLE, *broken)


def test_it_may_be_accepted(check, capsys):
    check(*PEOPLE, *["{"] * 20, settings=replace(SETTINGS, accept_loss="yes"))
    assert "20 of 60 lines" in capsys.readouterr().out


def broken_texts(content):
    return [piece.text for line in content.split(b"\n") for piece in read_line(line) if piece.fields is None]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (json.dumps(PEOPLE).encode(), "JSON array"),
        (json.dumps(PEOPLE, indent=2).encode(), "JSON array"),
        ("[\n{}\n]".format(",\n".join(map(json.dumps, PEOPLE))).encode(), "JSON array"),
        (PRETTY.encode(), "pretty-printed"),
        ("\n".join(map(json.dumps, PEOPLE)).encode("utf-16"), "another encoding"),
        ("\n".join(map(json.dumps, PEOPLE)).encode("utf-16-be"), "another encoding"),
        ("\n".join('{"customerName": "J\xf6rg"}' for _ in PEOPLE).encode("latin-1"), "another encoding"),
        (b"email,serialNumber\n" + b"a@example.com,s-1\n" * 20, "CSV"),
        (b"\x1f\x8b\x08\x00rest", "packed"),
        (b"nothing\n" * 20, "look at the file"),
    ],
)
def test_the_likely_cause_is_told(content, words):
    assert words in likely_cause(broken_texts(content))


def test_objects_of_another_source_are_told_as_that():
    assert "not of this source" in likely_cause(['{"user": "a", "x": 1}'] * 12)


@pytest.mark.parametrize(("before", "now"), [(None, 0), (0, 0), (10, 5), (1, 1), (3, 2), (10, 100)])
def test_half_of_the_rows_may_go(before, now):
    check_kept(SETTINGS, "customer_trusted", before, now)


@pytest.mark.parametrize(("before", "now"), [(1, 0), (3, 1), (10, 4), (956, 0)])
def test_more_than_half_may_not(before, now, capsys):
    with pytest.raises(BrokenSource, match=f"lose {before - now} of its {before} rows.*accept_loss=yes"):
        check_kept(SETTINGS, "customer_trusted", before, now)
    check_kept(replace(SETTINGS, accept_loss="yes"), "customer_trusted", before, now)
    assert "Accepted" in capsys.readouterr().out

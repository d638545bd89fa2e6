"""A landing set with an example of every odd kind (docs/odd-inputs.md) through the system; then a broken source."""

import bz2
import gzip
import json

import boto3
import pytest

from helpers.publishing.objects import list_keys
from local_aws.profile import PROFILE
from runner.aws import use_profile
from tests.pipeline.conftest import complaint, query, stedi

# In the deep tests: of each oddity alone, the transforms', the erasure's and the breaker's tests tell in seconds.
pytestmark = [pytest.mark.kernel, pytest.mark.deep]

CONSENT = "shareWithResearchAsOfDate"
NOON = 1_680_000_000_000
WORKING = ("outcome", "moving", "copies", "reason", "file", "line", "known", "joins", "run_id", "customer", "ambiguous")
EXPECTED = {"ada", "bo", "dee", "eve", "fay", "hal", "big"}
HAL = "\u00a0HAL@Example.com\u200b"


def person(name, email=None, **more):
    sent = {
        "customerName": f"{name.title()} Sample",
        "email": email or f"{name}@example.com",
        "phone": f"801{sum(map(ord, name)):07}",
        "birthDay": "1990-01-02",
        "serialNumber": f"{name}-device",
        "registrationDate": NOON,
        "lastUpdateDate": NOON,
        CONSENT: NOON,
    }
    return sent | more


def moves(name, user=None, first=0, **more):
    times = (NOON + 1000 * number for number in range(first, first + 4))
    return [{"user": user or f"{name}@example.com", "timestamp": time, "x": 1, "y": 2, "z": 3} | more for time in times]


def steps(name):
    times = (NOON + 1000 * number for number in range(4))
    return [{"sensorReadingTime": time, "serialNumber": f"{name}-device", "distanceFromObject": 7} for time in times]


def lines(records):
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def customer_lines():
    deep = json.dumps(person("dee"))[:-1] + f', "deep": {"[" * 3000}{"]" * 3000}}}\n'
    twice = json.dumps(person("gus"))[:-1] + ', "SharewithResearchAsOfDate": 0}\n'
    lower = {name.lower(): value for name, value in person("fay").items()}
    return [
        lines(
            [
                person("ada"),
                person("bo", birthDay="0000-12-31"),
                person("eve", tags=["vip", 7], **dict.fromkeys(WORKING, "theirs")),
            ]
        ),
        lines([lower, person("hal", HAL), person("big", note="x" * 5_000_000, number=10**400)]),
        (deep + twice).encode(),
        '{"customerName": "J\xf6rg", "email": "joerg@example.com"}\n'.encode("latin-1"),
        # Ada's withdrawal has an invisible space, and comes later than her registration.
        lines(
            [
                person("wen"),
                person("wen", "WEN@example.com\u202f", lastUpdateDate=NOON + 1, shareWithResearchAsOfDate=0),
            ]
        ),
    ]


@pytest.fixture(scope="module")
def landing(tmp_path_factory):
    """A landing directory with odd files of odd records."""
    root = tmp_path_factory.mktemp("odd") / "it's [1] 100% märz"
    customer, motion, trainer = (root / zone / "landing" for zone in ("customer", "accelerometer", "step_trainer"))
    for zone in (customer, motion, trainer):
        zone.mkdir(parents=True)
    older = root / "older"
    older.mkdir()
    (customer / "{x} [1]*?.json").write_bytes(b"".join(customer_lines()))
    firehose = [record for name in ("ada", "bo", "dee", "eve", "fay", "gus", "wen") for record in moves(name)]
    (motion / "firehose-märz").write_text("".join(map(json.dumps, firehose)))
    fields = {"step count": 1, "step.count": 2, "Battery": 3, "battery": 4, "": 5, "firmware": "1.0"}
    (motion / "packed.json").write_bytes(gzip.compress(lines(moves("hal", HAL, **fields))))
    (motion / "claims.json.gz").write_bytes(lines(moves("hal", first=10)))
    (older / "b.json").write_bytes(bz2.compress(lines(moves("ada", first=20))))
    (motion / "older").symlink_to(older)
    (motion / "export.json._COPYING_").write_bytes(lines(moves("bo", first=30)))
    keys = [{f"k{number}-{field}": field for field in range(120)} for number in range(3)]
    (trainer / "many.json").write_bytes(lines(step | more for step, more in zip(steps("ada"), keys, strict=False)))
    (trainer / "steps.json").write_bytes(
        lines(step for name in sorted(EXPECTED | {"gus", "wen"}) for step in steps(name))
    )
    return root


@pytest.fixture(scope="module")
def run(lake, landing):
    outcome = stedi("run", "--landing", landing, "--lake", lake)
    assert outcome.code == 0, outcome.out + outcome.err
    return outcome


def rows_of(run, step):
    return next(entry["rows"] for entry in run.run["steps"] if entry["name"].startswith(step))


def test_every_record_is_accounted_for(run):
    assert rows_of(run, "02")["read"] == 11
    assert rows_of(run, "02")["kept"] == len(EXPECTED)
    assert rows_of(run, "02")["quarantined"] == 2
    assert rows_of(run, "03") == {
        "read": 40,
        "kept": 32,
        "excluded": {"no_consent": 8},
        "quarantined": 0,
        "duplicates": 0,
    }
    assert rows_of(run, "05")["read"] == 39


def test_what_somebody_should_see_at_once_is_told(run):
    assert "2 quarantined: duplicate_key 1, malformed_json 1" in run.out
    assert "360 new fields share a column" in run.out
    assert "Passed over as hidden or in transit: accelerometer/landing/export.json._COPYING_" in run.out
    page = (run.report / "index.html").read_text("utf-8")
    assert "360 new fields share a column" in page
    assert "duplicate_key 1" in page


def test_who_consented_is_in_and_who_withdrew_is_out_however_spelled(run, lake):
    names = {row[0].partition("@")[0] for row in query(lake, "select email from customer_trusted")}
    assert names == EXPECTED


def test_new_fields_and_those_like_working_columns_come_out_as_they_went_in(run, lake):
    columns = ", ".join(f'"{name}"' for name in WORKING)
    (row,) = query(lake, f"select {columns} from customers_curated where email = 'eve@example.com'")
    assert row == ["theirs"] * len(WORKING)
    columns = "step_count, step_count_2, battery, battery_2, unnamed"
    sent = f"select distinct {columns} from accelerometer_trusted where firmware = '1.0'"
    assert query(lake, sent) == [["1", "2", "3", "4", "5"]]
    assert query(lake, "select count(*) from step_trainer_trusted where other_fields like '%k2-119%'") == [["1"]]


def test_dates_that_python_has_not_are_printed_as_athena_prints_them(run, lake):
    assert query(lake, "select birthDay from customer_trusted where email = 'bo@example.com'") == [["0000-12-31"]]
    (row,) = query(lake, 'select min(from_unixtime("timestamp")) from accelerometer_trusted')
    assert row[0].startswith("+55207-")


def test_files_land_under_names_that_say_how_they_are_packed(run, lake):
    with use_profile(PROFILE, lake):
        keys = list_keys("s3://stedi-lakehouse/accelerometer/landing/")
    names = sorted(key.removeprefix("accelerometer/landing/") for key in keys)
    assert names == ["claims.json.gz.json", "firehose-märz", "older/b.json.bz2", "packed.json.gz"]


def test_a_broken_source_stops_the_night_and_leaves_the_tables(run, lake, landing):
    customer = landing / "customer" / "landing" / "{x} [1]*?.json"
    sent = customer.read_bytes()
    customer.write_text(json.dumps([person(name) for name in sorted(EXPECTED)], indent=2))
    failed = stedi("run", "--landing", landing, "--lake", lake, "--only", "02")
    customer.write_bytes(sent)
    said = complaint(failed, 1)
    assert "lines of customer/landing/ cannot be read (malformed_json" in said
    assert "jq -c '.[]'" in said
    assert "accept_loss=yes" in said
    assert query(lake, "select count(*) from customer_trusted") == [[str(len(EXPECTED))]]


def test_a_table_that_would_lose_most_of_its_rows_stays_unless_that_is_accepted(run, lake, landing, tmp_path):
    # The broken file of the test before is in the lake still, and is copied over by this run.
    firehose = landing / "accelerometer" / "landing" / "firehose-märz"
    firehose.write_text(firehose.read_text().partition("}{")[0] + "}")
    only = ("run", "--landing", landing, "--lake", lake, "--only", "03")
    assert "accelerometer_trusted would lose 19 of its 32 rows" in complaint(stedi(*only), 1)
    assert query(lake, "select count(*) from accelerometer_trusted") == [["32"]]
    accepted = stedi(*only, "--set", "accept_loss=yes")
    assert accepted.code == 0, accepted.err
    assert query(lake, "select count(*) from accelerometer_trusted") == [["13"]]


def test_who_stands_in_packed_files_under_an_odd_spelling_is_erased_from_them(run, lake):
    erased = stedi("erase", "hal@example.com", "--yes", "--lake", lake)
    assert erased.code == 0, erased.out + erased.err
    assert "Proved" in erased.out
    with use_profile(PROFILE, lake):
        body = boto3.client("s3").get_object(Bucket="stedi-lakehouse", Key="accelerometer/landing/packed.json.gz")
        assert gzip.decompress(body["Body"].read()) == b""

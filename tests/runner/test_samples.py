"""The sample generator: its truth (from what it planted) against the oracle's (from the files that it wrote)."""

import gzip
import json
from pathlib import Path

import pytest

from runner.samples import SampleError, write_samples
from runner.samples.cases import PLANTED
from tests.oracle import expect

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "data_samples"
REFERENCE = ROOT.parent / "shared" / "data" / "stedi"

POLICIES = [
    (consent, match) for consent in ("at_collection", "any_time") for match in ("customer_and_time", "time_only")
]
REASONS = {
    "customer_landing_to_trusted": {
        "superseded", "no_consent", "malformed_json", "missing_key", "bad_timestamp", "bad_consent",
    },
    "accelerometer_landing_to_trusted": {
        "unknown_customer", "no_consent", "before_consent",
        "malformed_json", "missing_key", "bad_timestamp", "bad_measurement",
    },
    "customer_trusted_to_curated": {"no_motion_data"},
    "step_trainer_landing_to_trusted": {
        "unknown_device", "ambiguous_device", "no_consent", "before_consent", "no_motion_data",
        "malformed_json", "missing_key", "bad_timestamp", "bad_measurement",
    },
    "machine_learning_curated": {"unmatched_step", "unmatched_motion"},
}  # fmt: skip


def contents(directory: Path) -> dict[str, bytes]:
    """Every file by its relative path; the data of .gz files, since zlib versions compress differently."""
    return {
        path.relative_to(directory).as_posix(): gzip.decompress(path.read_bytes())
        if path.suffix == ".gz"
        else path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(("customers", "seed", "instants"), [(len(PLANTED), 7, 4), (60, 1, 20), (1100, 3, 5)])
def test_the_truth_is_what_the_oracle_reads(tmp_path, customers, seed, instants):
    target = tmp_path / "landing"
    truth = write_samples(target, customers, seed, instants)
    assert json.loads((target / "truth.json").read_text()) == truth
    for consent, match in POLICIES:
        read = expect(target, consent, match)
        assert read.counts() == truth["expected"][consent][match]
        assert all(step.adds_up() for step in read.steps.values())


def test_the_committed_set_is_made_by_its_own_options(tmp_path):
    committed = contents(COMMITTED)
    del committed["README.md"]
    options = json.loads(committed["truth.json"])["options"]
    write_samples(tmp_path / "again", **options)
    assert contents(tmp_path / "again") == committed
    assert sum(map(len, committed.values())) < 1_000_000


def test_every_reason_occurs_in_the_committed_set():
    truth = json.loads((COMMITTED / "truth.json").read_text())
    steps = truth["expected"]["at_collection"]["customer_and_time"]["steps"]
    found = {name: {*step["excluded"], *step["quarantined"]} for name, step in steps.items()}
    assert found == REASONS
    assert all(steps[name]["duplicates"] for name in steps if "landing" in name)


def test_policies_differ_in_the_committed_set():
    expected = json.loads((COMMITTED / "truth.json").read_text())["expected"]
    pairs = {expected[consent][match]["tables"]["machine_learning_curated"] for consent, match in POLICIES}
    assert len(pairs) == 4


def test_the_same_seed_gives_the_same_people_in_a_larger_set(tmp_path):
    small = write_samples(tmp_path / "small", customers=40, seed=5)
    large = write_samples(tmp_path / "large", customers=80, seed=5)
    other = write_samples(tmp_path / "other", customers=40, seed=6)
    assert small["cases"] == large["cases"] != other["cases"]


def test_no_two_customers_meet_in_a_millisecond_but_the_planted_ones(tmp_path):
    truth = write_samples(tmp_path / "landing", customers=1100, seed=2, instants=5)
    mixed = {
        row[:2]
        for row in expect(tmp_path / "landing", "any_time", "time_only").tables["machine_learning_curated"].rows
        if row[0] != row[1]
    }
    first, second, _ = truth["cases"]["same_millisecond"]["customers"]
    assert mixed == {(first, second), (second, first)}


def test_values_are_plausible_and_people_fictional():
    tables = expect(COMMITTED).tables
    assert all(-3 <= axis <= 3 for row in tables["accelerometer_trusted"].rows for axis in row[2:5])
    distances = [row[2] for row in tables["step_trainer_trusted"].rows]
    assert all(150 <= distance <= 350 for distance in distances)
    near, far = (sum(low <= d < low + 30 for d in distances) for low in (205, 250))
    between = sum(235 <= d < 245 for d in distances)
    assert min(near, far) > 3 * between, "stepping and standing are two modes"
    assert all(row[1].endswith("@example.com") for row in tables["customer_trusted"].rows)


def test_the_new_field_reaches_its_rows():
    firmware = [extra for extra in expect(COMMITTED).tables["step_trainer_trusted"].extras if extra]
    assert firmware
    assert all(extra == {"firmware": "2.1.0"} for extra in firmware)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"customers": 3}, "customers must be between"),
        ({"customers": 10**9}, "customers must be between"),
        ({"instants": 1}, "instants must be between"),
    ],
)
def test_a_number_out_of_range_is_refused_and_nothing_written(tmp_path, options, message):
    with pytest.raises(SampleError, match=message):
        write_samples(tmp_path / "landing", **options)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(SampleError, match="is not empty"):
        write_samples(tmp_path)
    with pytest.raises(SampleError, match="is a file"):
        write_samples(tmp_path / "mine.txt")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["precious"]


def test_an_empty_directory_is_taken(tmp_path):
    (tmp_path / "landing").mkdir()
    write_samples(tmp_path / "landing")
    assert (tmp_path / "landing" / "truth.json").is_file()


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SampleError, match="cannot write samples to .*file"):
        write_samples(tmp_path / "file" / "landing")


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the STEDI reference data is not beside the repository")
@pytest.mark.parametrize(
    ("consent", "match", "rows"),
    [
        ("any_time", "customer_and_time", (482, 40_981, 482, 14_460, 40_981)),
        ("any_time", "time_only", (482, 40_981, 482, 14_460, 43_681)),
        ("at_collection", "customer_and_time", (482, 32_025, 464, 11_297, 32_025)),
        ("at_collection", "time_only", (482, 32_025, 464, 11_297, 34_253)),
    ],
)
def test_the_oracle_gives_the_reference_numbers(consent, match, rows):
    read = expect(REFERENCE, consent, match)
    assert tuple(len(table.rows) for table in read.tables.values()) == rows
    mixed = sum(row[0] != row[1] for row in read.tables["machine_learning_curated"].rows)
    assert mixed == {"customer_and_time": 0, "time_only": 2_700 if consent == "any_time" else 2_228}[match]

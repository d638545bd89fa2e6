"""The published STEDI data through the whole pipeline, under both policies, against numbers computed elsewhere."""

import pytest

from runner.paths import PROJECT
from tests.pipeline.conftest import query, stedi

DATA = PROJECT.parent / "shared" / "data" / "stedi"
NUMBERS = {
    ("any_time", "customer_and_time"): (482, 40_981, 482, 14_460, 40_981),
    ("any_time", "time_only"): (482, 40_981, 482, 14_460, 43_681),
    ("at_collection", "customer_and_time"): (482, 32_025, 464, 11_297, 32_025),
    ("at_collection", "time_only"): (482, 32_025, 464, 11_297, 34_253),
}
STEPS = ([], ["--from", "06"], [], ["--from", "06"])
"""What each policy in turn changes."""
TABLES = (
    "customer_trusted",
    "accelerometer_trusted",
    "customers_curated",
    "step_trainer_trusted",
    "machine_learning_curated",
)
LANDING = {"customer_landing": 956, "accelerometer_landing": 81_273, "step_trainer_landing": 28_680}

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.deep,
    pytest.mark.reference,
    pytest.mark.skipif(not DATA.is_dir(), reason="the STEDI reference data is not beside the project (see README)"),
]


@pytest.mark.parametrize(("policy", "steps"), list(zip(NUMBERS, STEPS, strict=True)))
def test_every_number_of_the_design(lake, policy, steps):
    consent, match = policy
    settings = ["--set", f"consent={consent}", "--set", f"match={match}"]
    outcome = stedi("run", "--landing", DATA, "--lake", lake, *settings, *steps)
    assert outcome.code == 0, outcome.out + outcome.err
    expected = dict(zip(TABLES, NUMBERS[policy], strict=True)) | LANDING
    for table, rows in expected.items():
        assert query(lake, f"select count(*) from {table}") == [[str(rows)]], table
    if not steps:
        assert {table: outcome.run["tables"][table] for table in expected} == expected

"""Parameters that fit, and the message for those that do not."""

import pytest

from helpers.errors import BadParameter
from helpers.settings import Settings


def test_a_staged_version_has_its_own_prefix():
    settings = Settings(bucket="lake", database="stedi", run_id="r1")
    assert settings.run_location("customers_curated") == "s3://lake/customer/curated/run=r1/"


def test_a_blank_run_id_becomes_a_new_one():
    assert Settings(bucket="lake", database="stedi").run_id != Settings(bucket="lake", database="stedi").run_id


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("consent", "maybe"),
        ("match", "Time_only"),
        ("bucket", "No Bucket"),
        ("database", "ste-di"),
        ("run_id", "../x"),
        ("participant_key", "a key"),
    ],
)
def test_a_value_that_does_not_fit_is_named(name, value):
    with pytest.raises(BadParameter, match=f"{name}="):
        Settings(**{"bucket": "lake", "database": "stedi", name: value})

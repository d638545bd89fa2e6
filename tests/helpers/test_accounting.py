"""Rows read = kept + excluded + quarantined + duplicates, or the step fails."""

import pytest

from helpers.accounting import Accounting, account
from helpers.errors import ReconciliationFailed

CLASSIFIED = "outcome string, copies bigint"


def test_equal_lines_are_duplicates_unless_they_are_in_quarantine(spark):
    rows = [("kept", 1), ("kept", 3), ("no_consent", 2), ("malformed_json", 4)]
    found = account(spark.createDataFrame(rows, CLASSIFIED), quarantine=("malformed_json",))
    assert found == Accounting(10, 2, {"no_consent": 1}, {"malformed_json": 4}, 3)


def test_rows_that_nobody_can_explain_fail_the_step(spark):
    with pytest.raises(ReconciliationFailed, match="Read 3 rows, but can explain 2"):
        account(spark.createDataFrame([("kept", 2)], CLASSIFIED), read=3)


def test_no_rows_are_accounted_for_too(spark):
    assert account(spark.createDataFrame([], CLASSIFIED)) == Accounting(0, 0)

"""Rows read = kept + excluded + quarantined + duplicates, or the step fails."""

import pytest

from helpers import counting
from helpers.accounting import Accounting
from helpers.counting import account, count_copies
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


READINGS = [("a", 1, 0.0, None), ("a", 1, -0.0, None), ("a", 2, 1.0, ["f", "1"]), ("a", 2, 1.0, ["f", "1"])] + [
    ("b", 1, 1.0, None),
    (None, 1, None, None),
    (None, 1, None, None),
    ("a", 2, 1.0, None),
]


@pytest.mark.parametrize(("small", "most"), [(0, 100_000), (0, 1), (2**60, 0)])
def test_equal_rows_are_counted_however_many_there_are_and_repeat(spark, monkeypatch, small, most):
    monkeypatch.setattr(counting, "SMALL_BYTES", small)
    monkeypatch.setattr(counting, "MOST_REPEATED", most)
    rows = spark.createDataFrame(READINGS, "user string, timestamp bigint, x double, extra array<string>")
    found = sorted(map(repr, map(tuple, count_copies(rows).collect())))
    assert found == sorted(map(repr, map(tuple, rows.groupBy(*rows.columns).count().collect())))
    assert len(found) == 5


def test_rows_that_are_all_different_have_one_copy_each(spark, monkeypatch):
    monkeypatch.setattr(counting, "SMALL_BYTES", 0)
    assert {row["copies"] for row in count_copies(spark.range(100)).collect()} == {1}

"""Motion features in windows, on rows written by hand."""

import math

import pandas as pd
import pytest

from helpers.explore.features import FEATURES, first_participants, instants, motion_features

COLUMNS = ["participantId", "sensorReadingTime", "distanceFromObject", "x", "y", "z"]


def pairs(*rows):
    return pd.DataFrame(rows, columns=COLUMNS).astype({name: float for name in "xyz"})


def test_no_pairs_give_no_features_and_all_columns():
    found = motion_features(pairs())
    assert len(found) == 0
    assert set(FEATURES) < set(found.columns)


def test_one_moment_alone_has_no_jerk():
    found = motion_features(pairs(("a", 1000, 200, 3, 4, 0))).iloc[0]
    assert (found.instants, found.magnitude, found.sway) == (1, 5, 0)
    assert math.isnan(found.jerk)


def test_readings_of_one_millisecond_are_one_moment():
    rows = pairs(("a", 1000, 200, 3, 4, 0), ("a", 1000, 200, 0, 0, 1))
    assert instants(rows).magnitude.tolist() == [3]
    assert motion_features(rows).instants.tolist() == [1]


def test_a_window_has_both_its_ends_and_nothing_beyond():
    rows = pairs(("a", 0, 200, 1, 0, 0), ("a", 1000, 200, 3, 0, 0), ("a", 2001, 200, 9, 0, 0))
    found = motion_features(rows, window_ms=1000)
    assert found.instants.tolist() == [2, 2, 1]
    assert found.magnitude.tolist() == [2, 2, 9]


def test_jerk_is_the_change_of_magnitude_a_second():
    rows = pairs(("a", 0, 200, 1, 0, 0), ("a", 500, 200, 2, 0, 0), ("a", 2500, 200, 2, 0, 0))
    assert motion_features(rows, window_ms=5000).jerk.tolist() == pytest.approx([1, 1, 1])  # 2 a second, then none


def test_sway_is_the_spread_of_x_and_y_and_not_of_z():
    rows = pairs(("a", 0, 200, 1, 0, 5), ("a", 1000, 200, -1, 0, -5))
    assert motion_features(rows, window_ms=1000).sway.tolist() == pytest.approx([1, 1])


def test_windows_never_reach_into_another_participant():
    rows = pairs(("a", 0, 200, 1, 0, 0), ("b", 1, 210, 9, 0, 0), ("a", 2, 220, 1, 0, 0))
    found = motion_features(rows, window_ms=1000)
    assert found.groupby("participantId").magnitude.max().to_dict() == {"a": 1, "b": 9}
    assert found.groupby("participantId").instants.max().to_dict() == {"a": 2, "b": 1}


def test_rows_may_come_in_any_order():
    rows = pairs(("a", 2000, 200, 3, 0, 0), ("a", 0, 200, 1, 0, 0), ("a", 1000, 200, 2, 0, 0))
    assert motion_features(rows, 1000).equals(motion_features(rows.sort_values("sensorReadingTime"), 1000))


def test_a_sample_of_a_large_table_is_a_share_of_all_ids():
    assert first_participants(10, most=10) > "f" * 64
    assert first_participants(40, most=10) == "40000000"

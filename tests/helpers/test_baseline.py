"""The baseline finds what is there, and says so where nothing is."""

import numpy as np
import pandas as pd

from helpers.explore.baseline import evaluate_baseline, is_test_participant


def features(people, moments, signal, seed=0):
    """Features of people; with a signal, magnitude falls as distance grows."""
    chance = np.random.default_rng(seed)
    distance = chance.integers(200, 300, people * moments)
    noise = chance.normal(0, 1, people * moments)
    return pd.DataFrame(
        {
            "participantId": np.repeat([f"participant-{number}" for number in range(people)], moments),
            "sensorReadingTime": np.tile(np.arange(moments) * 1000, people),
            "distanceFromObject": distance,
            "magnitude": noise - signal * (distance - 250) / 25,
            "jerk": chance.normal(0, 1, people * moments),
            "sway": chance.normal(0, 1, people * moments),
        }
    )


def test_nobody_is_on_both_sides_of_the_split():
    people = pd.Series([f"p{number}" for number in range(1000)] * 2)
    side = is_test_participant(people)
    assert (side[:1000].to_numpy() == side[1000:].to_numpy()).all()
    assert 0.25 < side.mean() < 0.35
    assert len(is_test_participant(pd.Series([], dtype=str))) == 0


def test_a_signal_is_found():
    found = evaluate_baseline(features(60, 40, signal=2))
    assert found.low > 0.7
    assert "beyond chance" in str(found)


def test_no_signal_is_called_none():
    # Of ten baselines on noise, about nine and a half hold chance in their interval.
    found = [evaluate_baseline(features(60, 40, signal=0, seed=seed)) for seed in range(10)]
    assert sum(one.low <= 0.5 <= one.high for one in found) >= 8
    assert any("nothing about the distance" in str(one) for one in found)


def test_the_interval_is_over_people():
    # Each person's moments repeated: no more is known than before, and the interval is no narrower.
    once = features(40, 10, signal=0.5)
    again = pd.concat([once] * 20)
    one, many = evaluate_baseline(once), evaluate_baseline(again)
    assert many.high - many.low > 0.9 * (one.high - one.low)


def test_too_few_people_or_one_distance_give_no_baseline():
    assert evaluate_baseline(features(6, 40, signal=1)) is None
    assert evaluate_baseline(features(60, 40, signal=1).assign(distanceFromObject=200)) is None
    assert evaluate_baseline(features(0, 0, signal=1)) is None

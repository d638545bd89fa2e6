"""A first honest baseline: does motion tell whether something is near? Its error bars are over people, not rows."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers.explore.features import FEATURES

TEST_SHARE = 0.3
"""Of the participants, nearly."""
RESAMPLES = 2_000
FEWEST_PARTICIPANTS = 5
"""With fewer participants on a side an error bar would mean nothing."""
CHANCE = 0.5
"""The balanced accuracy of guessing, whatever the shares of the two classes."""


@dataclass(frozen=True)
class Baseline:
    """What a baseline arrived at."""

    threshold: float  # cm; nearer counts as a step: the median distance of the training participants
    accuracy: float  # balanced accuracy on the test participants
    low: float  # of its 95 % interval
    high: float
    training: int  # how many participants stand on this side of the split
    testing: int

    def __str__(self) -> str:
        interval = f"95 % interval {self.low:.3f} to {self.high:.3f}, chance {CHANCE}"
        if self.low > CHANCE:
            meaning = "motion tells something about the distance, beyond chance"
        elif self.high < CHANCE:
            meaning = "worse than chance: what held for the training participants does not hold for the others"
        else:
            meaning = "the interval holds chance, so these features tell nothing about the distance"
        return f"balanced accuracy {self.accuracy:.3f} ({interval}): {meaning}."


def is_test_participant(participants: pd.Series) -> pd.Series:
    """Which side of the split a row is on, by its participant's id: nobody stands on both, and nobody ever moves."""
    places = {
        name: int.from_bytes(hashlib.sha256(f"split {name}".encode()).digest()[:8], "big") / 2**64
        for name in participants.unique()
    }
    return participants.map(places).astype(float) < TEST_SHARE


def evaluate_baseline(features: pd.DataFrame) -> Baseline | None:
    """Train on some participants, test on the others.

    A step is what stands nearer than the training participants' median distance: the data has no truer label. The model
    is a logistic regression on magnitude, jerk and sway. Its interval comes from drawing the test *participants* again
    and again: their readings are alike, and rows drawn one by one would make it too narrow.

    Parameters
    ----------
    features : DataFrame
        See `helpers.explore.features.motion_features`; rows without jerk are left out.

    Returns
    -------
    Baseline or None
        None where there are too few participants, or a side has only one class.
    """
    known = features.dropna(subset=FEATURES)
    testing = is_test_participant(known.participantId)
    train, test = known[~testing], known[testing]
    if min(train.participantId.nunique(), test.participantId.nunique()) < FEWEST_PARTICIPANTS:
        return None
    threshold = float(train.distanceFromObject.median())
    is_step, truth = train.distanceFromObject < threshold, test.distanceFromObject < threshold
    if is_step.nunique() < 2 or truth.nunique() < 2:
        return None
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
    guess = model.fit(train[FEATURES], is_step).predict(test[FEATURES])
    counts = _counts(test.participantId, truth, guess)
    draws = np.random.default_rng(0).multinomial(len(counts), np.full(len(counts), 1 / len(counts)), RESAMPLES)
    low, high = np.nanquantile(_balanced_accuracy(draws @ counts), [0.025, 0.975])
    accuracy = _balanced_accuracy(counts.sum(axis=0, keepdims=True))[0]
    return Baseline(threshold, float(accuracy), float(low), float(high), train.participantId.nunique(), len(counts))


def _counts(participants: pd.Series, truth: pd.Series, guess: np.ndarray) -> np.ndarray:
    """For each participant: steps, steps found, others, others found."""
    right = truth.to_numpy() == guess
    table = pd.DataFrame({"steps": truth, "hits": truth & right, "others": ~truth, "passes": ~truth & right})
    return table.groupby(participants).sum().to_numpy(dtype=float)


def _balanced_accuracy(counts: np.ndarray) -> np.ndarray:
    """The mean of the shares found of each class; missing where a draw has no member of one."""
    steps, hits, others, passes = counts.T
    with np.errstate(invalid="ignore", divide="ignore"):
        return (hits / steps + passes / others) / 2

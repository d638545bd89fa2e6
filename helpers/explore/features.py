"""Motion around a step reading: windows in time, never across participants."""

import numpy as np
import pandas as pd

WINDOW_MS = 10_000
"""Milliseconds before and after a reading: at a reading every two to four seconds about seven instants."""
MOST_PAIRS = 300_000
"""So many fit into memory well."""
FEATURES = ["magnitude", "jerk", "sway"]


def first_participants(pairs: int, most: int = MOST_PAIRS) -> str:
    """The id below which about ``most`` of all pairs lie: ids are hashes, so it takes a fair sample of people."""
    return f"{int(16**8 * most / pairs):08x}" if pairs > most else "g"


def instants(pairs: pd.DataFrame) -> pd.DataFrame:
    """One row for each moment of a participant: several motion readings stand beside one step reading.

    Parameters
    ----------
    pairs : DataFrame
        Grain: one matched pair (`machine_learning_curated`). ``participantId``, ``sensorReadingTime`` (epoch ms),
        ``distanceFromObject`` (cm), ``x``, ``y``, ``z`` (units of the phone app).

    Returns
    -------
    DataFrame
        Grain: one participant and millisecond, sorted by both. The same columns, means of the readings, and
        ``magnitude``, the mean length of the motion vector.
    """
    moving = pairs.assign(magnitude=np.sqrt(pairs.x**2 + pairs.y**2 + pairs.z**2))
    values = ["distanceFromObject", "x", "y", "z", "magnitude"]
    return moving.groupby(["participantId", "sensorReadingTime"], as_index=False)[values].mean()


def motion_features(pairs: pd.DataFrame, window_ms: int = WINDOW_MS) -> pd.DataFrame:
    """What the motion around each step reading is like.

    Parameters
    ----------
    pairs : DataFrame
        See `instants`.
    window_ms : int
        Milliseconds before and after the reading; both ends belong to the window.

    Returns
    -------
    DataFrame
        Grain: one participant and millisecond. ``participantId``, ``sensorReadingTime`` (epoch ms),
        ``distanceFromObject`` (cm); ``instants``, how many moments the window holds; ``magnitude``, their mean;
        ``jerk``, the mean change of magnitude between successive ones, per second (missing where there is one alone);
        ``sway``, how far x and y lie from their means in the window (root of the mean square).
    """
    moments = instants(pairs)
    # Each participant's rows stand together.
    starts = np.flatnonzero(~moments.participantId.duplicated())[1:]
    columns = (np.split(moments[name].to_numpy(), starts) for name in ("sensorReadingTime", "magnitude", "x", "y"))
    parts = [_windows(*rows, window_ms) for rows in zip(*columns, strict=True)]
    found = map(np.concatenate, zip(*parts, strict=True))
    return moments[["participantId", "sensorReadingTime", "distanceFromObject"]].assign(
        **dict(zip(["instants", *FEATURES], found, strict=True))
    )


def _windows(
    time: np.ndarray, magnitude: np.ndarray, x: np.ndarray, y: np.ndarray, window_ms: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The features of one participant's moments, by running sums: a window is a difference of two of them."""
    first = np.searchsorted(time, time - window_ms, side="left")
    end = np.searchsorted(time, time + window_ms, side="right")
    count = end - first
    changes = _between(np.abs(np.diff(magnitude)) / (np.diff(time) / 1000), first, end - 1)
    with np.errstate(invalid="ignore"):
        jerk = np.where(count > 1, changes / (count - 1), np.nan)
    spread = sum(_between(axis**2, first, end) / count - (_between(axis, first, end) / count) ** 2 for axis in (x, y))
    return count, _between(magnitude, first, end) / count, jerk, np.sqrt(np.maximum(spread, 0))


def _between(values: np.ndarray, first: np.ndarray, end: np.ndarray) -> np.ndarray:
    total = np.concatenate([[0.0], np.cumsum(values)])
    return total[end] - total[first]

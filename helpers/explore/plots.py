"""The pictures of notebook 08, in the house style."""

import io

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots import BLUE, GREEN, GREY, ORANGE, new_figure, plt

FEATURE_UNITS = {"magnitude": "app units", "jerk": "app units a second", "sway": "app units"}


def plot_histogram(values: pd.Series, counts: pd.Series, title: str, xlabel: str) -> Figure:
    """Draw how often each value occurs."""
    figure, axes = new_figure(title, xlabel, "pairs")
    axes.bar(values, counts, width=1.0, color=BLUE)
    return figure


def plot_axes_of_motion(motion: dict[str, pd.DataFrame]) -> Figure:
    """Draw the distribution of each axis of the phone's motion side by side."""
    plt.close("all")
    figure, panels = plt.subplots(1, len(motion), sharey=True)
    for panel, (axis, counted), colour in zip(panels, motion.items(), (BLUE, ORANGE, GREEN), strict=True):
        panel.hist(counted.value, weights=counted.pairs, bins=25, color=colour)
        panel.set(title=axis, xlabel=f"{axis} (app units)")
    panels[0].set_ylabel("pairs")
    return figure


def plot_rows_a_participant(pairs: pd.Series) -> Figure:
    """Draw how many pairs each participant contributes, from most to least."""
    figure, axes = new_figure("Pairs a participant", "participants, from most pairs to least", "pairs")
    # One shape: a bar for each of thousands of people would take seconds.
    axes.stairs(pairs, np.arange(len(pairs) + 1) + 0.5, fill=True, color=BLUE)
    axes.axhline(pairs.median(), color=ORANGE, label=f"median {pairs.median():,.0f}")
    axes.legend(frameon=False)
    return figure


def plot_trace(times: pd.Series, distance: pd.Series, magnitude: pd.Series) -> Figure:
    """Draw one participant's distance (cm) and motion magnitude over time (UTC)."""
    plt.close("all")
    figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(8, 5))
    above.plot(times, distance, ".", color=BLUE, markersize=4)
    above.set(title="One participant", ylabel="distance (cm)")
    below.plot(times, magnitude, ".", color=ORANGE, markersize=4)
    below.set(xlabel="time (UTC)", ylabel="motion magnitude")
    figure.autofmt_xdate()
    return figure


def plot_frame(frame: pd.DataFrame, chart: str) -> Figure:
    """Draw a table's other columns over its first, as one of pandas' charts."""
    first, *others = frame.columns
    lying = chart == "barh"
    measure = others[0] if len(others) == 1 else ""
    names = (measure, first) if lying else (first, measure)
    figure, axes = new_figure(", ".join(others), *names)
    frame.plot(kind=chart, x=first, ax=axes, rot=0, color=[BLUE, ORANGE, GREEN, GREY], legend=len(others) > 1)
    axes.set(xlabel=names[0], ylabel=names[1])
    return figure


def plot_intervals(seconds: pd.Series) -> Figure:
    """Draw the time between a participant's successive readings; where gaps are much longer, on a logarithmic axis."""
    figure, axes = new_figure("Time between successive readings", "interval (s)", "intervals")
    known = seconds[seconds > 0]
    if len(known) and known.max() > 50 * known.min():
        axes.hist(known, bins=np.geomspace(known.min(), known.max() * 1.01, 40), color=BLUE)
        axes.set_xscale("log")
    else:
        axes.hist(known, bins=40, color=BLUE)
    return figure


def plot_features(features: pd.DataFrame, names: list[str], threshold: float) -> Figure:
    """Draw the motion around near readings and around far ones, feature by feature."""
    plt.close("all")
    figure, panels = plt.subplots(1, len(names))
    near = features.distanceFromObject < threshold
    for panel, name in zip(panels, names, strict=True):
        sides = [features.loc[near, name].dropna(), features.loc[~near, name].dropna()]
        for side, label, colour in zip(sides, ("near", "far"), (BLUE, ORANGE), strict=True):
            panel.hist(side, bins=30, density=True, histtype="step", linewidth=1.6, color=colour, label=label)
        panel.set(title=name, xlabel=f"{name} ({FEATURE_UNITS.get(name, '')})")
    panels[0].set_ylabel("density")
    panels[0].legend(frameon=False)
    return figure


def plot_score(score: float, low: float, high: float, chance: float) -> Figure:
    """Draw a balanced accuracy with its interval, beside chance."""
    figure, axes = new_figure("Step or no step, from motion alone", "balanced accuracy", "")
    figure.set_size_inches(8, 1.9)
    span = [[score - low], [high - score]]
    axes.errorbar([score], [0], xerr=span, fmt="o", capsize=6, color=BLUE, label="95 % interval")
    axes.axvline(chance, color=GREY, linestyle="--", label="chance")
    axes.set(xlim=(0, 1), yticks=[])
    axes.legend(frameon=False)
    return figure


def show(figure: Figure, alt: str) -> None:
    """Show a figure in a notebook, with what it shows in words for those who do not see it."""
    from IPython.display import Image, display

    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    plt.close(figure)
    display(Image(stream.getvalue(), alt=alt))

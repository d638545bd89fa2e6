"""One house style for every figure: colour-blind safe, labelled, readable in print."""

import io

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

from helpers.accounting import Accounting  # noqa: E402

BLUE, ORANGE, GREEN, RED, GREY = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#8c8c8c"
"""Okabe and Ito's colours, which people of every colour vision can tell apart."""

FEATURE_UNITS = {"magnitude": "app units", "jerk": "app units a second", "sway": "app units"}

plt.rcParams.update(
    {
        "figure.dpi": 110,
        "figure.figsize": (8, 3.6),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "axes.grid": True,
        "axes.grid.axis": "y",
        "grid.color": "#dddddd",
        "axes.axisbelow": True,
        "figure.autolayout": True,
    }
)


def new_figure(title: str, xlabel: str, ylabel: str) -> tuple[Figure, Axes]:
    """A figure in the house style; axes are always labelled, with units."""
    plt.close("all")
    figure, axes = plt.subplots()
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return figure, axes


def plot_accounting(accounting: Accounting, title: str) -> Figure:
    """Draw what became of the rows that a step read."""
    parts = [("kept", accounting.kept, BLUE)]
    parts += [(f"excluded: {reason}", count, ORANGE) for reason, count in accounting.excluded.items()]
    parts += [(f"quarantined: {reason}", count, RED) for reason, count in accounting.quarantined.items()]
    parts += [("duplicates", accounting.duplicates, GREY)] if accounting.duplicates else []
    figure, axes = new_figure(title, "rows", "")
    names, counts, colours = zip(*reversed(parts), strict=True)
    bars = axes.barh(names, counts, color=colours)
    axes.bar_label(bars, labels=[f"{count:,}" for count in counts], padding=4)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.15)
    return figure


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
    axes.bar(range(1, len(pairs) + 1), pairs, width=1.0, color=BLUE)
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


def plot_consent_over_time(consents: pd.Series, readings: pd.Series, pairs: pd.Series) -> Figure:
    """Draw how many customers had consented by when, over the pairs of readings by when they were taken (UTC)."""
    figure, axes = new_figure("Coverage of consent over time", "time (UTC)", "consenting customers")
    axes.step(consents, range(1, len(consents) + 1), where="post", color=BLUE)
    shared = axes.twinx()
    shared.hist(readings, weights=pairs, bins=60, color=ORANGE, alpha=0.4)
    shared.set_ylabel("pairs of readings")
    shared.grid(visible=False)
    figure.autofmt_xdate()
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


def plot_rows(names: list[str], rows: list[list[str]], title: str, query: str) -> Figure:
    """Draw rows as a table under the query that gave them.

    Parameters
    ----------
    names : list of str
        The columns.
    rows : list of list of str
        The cells, ready to be shown: identity is masked already.
    """
    plt.close("all")
    widths = [max(map(len, column)) + 2 for column in zip(names, *rows, strict=True)]
    figure, axes = plt.subplots(figsize=(max(8.0, 0.085 * sum(widths)), 1.1 + 0.28 * (len(rows) + 1)))
    axes.set_axis_off()
    axes.set_title(title, pad=22)
    axes.text(0, 1.02, query, transform=axes.transAxes, family="monospace", fontsize=8, color="#555555")
    table = axes.table(
        cellText=rows or [[""] * len(names)],
        colLabels=names,
        colWidths=[width / sum(widths) for width in widths],
        cellLoc="left",
        bbox=(0, 0, 1, 1),
    )
    table.auto_set_font_size(False)
    for (row, _), cell in table.get_celld().items():
        cell.set(edgecolor="#cccccc", linewidth=0.6)
        cell.get_text().set(fontsize=8, family="monospace", weight="bold" if row == 0 else "normal")
        if row == 0:
            cell.set_facecolor("#eef3f7")
    return figure

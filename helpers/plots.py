"""One house style for every figure: colour-blind safe, labelled, readable in print."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

from helpers.accounting import Accounting  # noqa: E402

BLUE, ORANGE, GREEN, RED, GREY = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#8c8c8c"
"""Okabe and Ito's colours, which people of every colour vision can tell apart."""

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


def plot_rows(names: list[str], rows: list[list[str]], title: str, query: str) -> Figure:
    """Draw rows, whose identity is masked already, as a table with these columns under the query that gave them."""
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

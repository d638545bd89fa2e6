"""A small line over runs, as inline SVG: one measure, its first and last value in words."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from runner.report.rendering import environment

WIDTH, HEIGHT, EDGE = 240, 56, 5


@dataclass(frozen=True)
class Line:
    """A measure over runs.

    Parameters
    ----------
    title, unit : str
        What is measured, in what.
    values : list of float or None
        One a run, the oldest first; None where a run has none.
    """

    title: str
    unit: str
    values: list[float | None]

    def points(self) -> list[tuple[float, float]]:
        """The places of the values in the picture; the axis begins at 0, so that a small change looks small."""
        top = max((value for value in self.values if value is not None), default=0) or 1
        step = (WIDTH - 2 * EDGE) / max(1, len(self.values) - 1)
        return [
            (round(EDGE + place * step, 1), round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * value / top, 1))
            for place, value in enumerate(self.values)
            if value is not None
        ]


def line_svg(line: Line, word: Callable[[float], str]) -> Markup:
    """Draw a line.

    Parameters
    ----------
    word : callable
        Words a value, such as ``32,025``.
    """
    known = [value for value in line.values if value is not None]
    first, last = (word(known[0]), word(known[-1])) if known else ("–", "–")
    template = environment().get_template("line.svg.j2")
    return Markup(
        template.render(line=line, first=first, last=last, points=line.points(), width=WIDTH, height=HEIGHT, edge=EDGE)
    )

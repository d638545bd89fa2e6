"""The geometry of the flow picture: each stage a bar of rows that parts into ribbons, one a branch."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup

from runner.report.accounting import Branch
from runner.report.flow import ZONES, Lane, Stage
from runner.report.formatting import count_text
from runner.report.rendering import environment

BAR_WIDTH = 10
FULL_HEIGHT = 64
"""Height of a bar that holds as many rows as the largest of its lane."""
THINNEST = 1.5
"""Three rows beside eight million are still to be seen."""
LABEL_PITCH = 20
"""From the middle of one label to that of the next, at the least."""
GAP = 6


@dataclass(frozen=True)
class Frame:
    """Where things stand: the wide picture puts zones side by side, the narrow one stacks stages for a phone."""

    name: str
    width: int
    columns: tuple[int, int, int]
    stage_width: int
    drop_width: int
    stacked: bool

    def left(self, stage: Stage) -> int:
        """The left edge of a stage."""
        return self.columns[0] if self.stacked else self.columns[stage.route.zone]


WIDE = Frame("wide", 1000, (4, 410, 816), 406, 150, stacked=False)
NARROW = Frame("narrow", 360, (4, 4, 4), 342, 110, stacked=True)


@dataclass(frozen=True)
class Ribbon:
    """A band of rows, with what a pointer resting on it is told."""

    path: str
    kind: str
    hint: str


@dataclass(frozen=True)
class Bar:
    """An upright bar: the rows at one place."""

    x: float
    y: float
    height: float
    kind: str


@dataclass(frozen=True)
class Label:
    """A line of text; ``kind`` is its style."""

    x: float
    y: float
    text: str
    kind: str
    anchor: str = "start"


@dataclass
class Drawing:
    """The shapes of a picture, and how far down it reaches."""

    ribbons: list[Ribbon] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    dividers: list[float] = field(default_factory=list)
    height: float = 0


def flow_svg(lanes: Iterable[Lane], frame: Frame) -> Markup:
    """The flow picture as inline SVG.

    Parameters
    ----------
    lanes : iterable of Lane
        One a source; each is drawn to a scale of its own.
    frame : Frame
        ``WIDE`` or ``NARROW``.
    """
    lanes = list(lanes)
    drawing = Drawing()
    y = 0.0 if frame.stacked else _draw_zones(drawing, frame)
    for lane in lanes:
        y = _draw_lane(drawing, lane, frame, y)
    drawing.height = y
    spoken = " ".join(f"{lane.title}. " + " ".join(stage.sentence for stage in lane.stages) for lane in lanes)
    template = environment().get_template("flow.svg.j2")
    return Markup(template.render(drawing=drawing, frame=frame, bar_width=BAR_WIDTH, spoken=spoken))


def _draw_zones(drawing: Drawing, frame: Frame) -> float:
    """The names of the zones over their columns."""
    for name, x in zip(ZONES, frame.columns, strict=True):
        drawing.labels.append(Label(x, 16, name, "zone"))
    return 26.0


def _draw_lane(drawing: Drawing, lane: Lane, frame: Frame, top: float) -> float:
    """One source under its title; gives the lower edge."""
    drawing.dividers.append(top)
    drawing.labels.append(Label(frame.columns[0], top + 26, lane.title, "lane"))
    scale = FULL_HEIGHT / lane.most_rows
    upper = lower = top + 36
    for stage in lane.stages:
        end = _draw_stage(drawing, stage, frame, scale, upper)
        lower = max(lower, end)
        if frame.stacked:
            upper = lower = end + 10
    return lower + 18


def _draw_stage(drawing: Drawing, stage: Stage, frame: Frame, scale: float, top: float) -> float:
    """One step from its source to its target; gives the lower edge."""
    left = frame.left(stage)
    right = left + frame.stage_width
    bars_top = _draw_ends(drawing, stage, frame, left, right, top)
    if stage.account is None:
        return _draw_absence(drawing, stage, left, right, bars_top)
    heights = [(branch, max(THINNEST, branch.rows * scale)) for branch in stage.account.branches() if branch.rows > 0]
    drawing.bars.append(Bar(left, bars_top, sum(height for _, height in heights) or THINNEST, "node"))
    y = edge = bars_top
    label = 0.0
    for branch, height in heights:
        if branch.kind == "kept":
            _draw_kept(drawing, stage, (left + BAR_WIDTH, right), y, height)
            edge = y + height + GAP
        else:
            slot = max(edge + GAP, label + LABEL_PITCH - height / 2)
            _draw_drop(drawing, branch, frame, (left + BAR_WIDTH, y), slot, height)
            edge, label = slot + height, slot + height / 2
        y += height
    return max(y, edge, label + LABEL_PITCH / 2, bars_top + LABEL_PITCH)


def _draw_kept(drawing: Drawing, stage: Stage, span: tuple[float, float], y: float, height: float) -> None:
    """The rows that go on to the target, level from bar to bar."""
    left, right = span
    hint = stage.joining or f"{count_text(stage.account.kept)} kept"
    drawing.ribbons.append(Ribbon(_ribbon(left, y, right, y, height), "kept", hint))
    drawing.bars.append(Bar(right, y, height, "node"))
    if stage.joining and height >= LABEL_PITCH:
        drawing.labels.append(Label(left + 12, y + height / 2 + 4.5, stage.joining, "branch"))


def _draw_ends(drawing: Drawing, stage: Stage, frame: Frame, left: float, right: float, top: float) -> float:
    """Name and rows of the two tables of a stage; gives where its bars begin."""
    route = stage.route
    source_rows = target_rows = ""
    if stage.account:
        source_rows = count_text(stage.account.read)
        target_rows = count_text(stage.account.kept if stage.target_rows is None else stage.target_rows)
    if frame.stacked:
        edge = right + BAR_WIDTH
        drawing.labels.append(Label(left, top + 12, route.source, "table"))
        drawing.labels.append(Label(edge, top + 30, f"→ {route.target}", "table", "end"))
        drawing.labels.append(Label(left, top + 50, source_rows, "rows"))
        drawing.labels.append(Label(edge, top + 50, target_rows, "rows", "end"))
        return top + 60
    # Where a stage begins where the one before it ended, the table between them is written once.
    if not any((label.x, label.y) == (left, top + 12) for label in drawing.labels):
        drawing.labels.append(Label(left, top + 12, route.source, "table"))
        drawing.labels.append(Label(left, top + 32, source_rows, "rows"))
    drawing.labels.append(Label(right, top + 12, route.target, "table"))
    drawing.labels.append(Label(right, top + 32, target_rows, "rows"))
    return top + 42


def _draw_drop(
    drawing: Drawing, branch: Branch, frame: Frame, start: tuple[float, float], slot: float, height: float
) -> None:
    """A branch that leaves the flow: it bends down and ends at its label."""
    end = start[0] + frame.drop_width
    drawing.ribbons.append(Ribbon(_ribbon(start[0], start[1], end, slot, height), branch.kind, branch.text))
    drawing.bars.append(Bar(end, slot, height, branch.kind))
    drawing.labels.append(Label(end + BAR_WIDTH + 7, slot + height / 2 + 4.5, branch.text, "branch"))


def _draw_absence(drawing: Drawing, stage: Stage, left: float, right: float, top: float) -> float:
    """A step that accounted for nothing: a dashed line and why."""
    # Clear of the bar that the stage before may have ended in.
    start = left + BAR_WIDTH + 8
    middle = top + 12
    drawing.ribbons.append(Ribbon(f"M{start} {middle}H{right}", "absent", stage.sentence))
    drawing.labels.append(Label(start, middle + 20, f"no rows: {stage.step} {stage.status.lower()}", "absent"))
    return middle + 28


def _ribbon(x0: float, y0: float, x1: float, y1: float, height: float) -> str:
    """The outline of a band of one height from (x0, y0) to (x1, y1), level at both ends."""
    middle = (x0 + x1) / 2
    return (
        f"M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
        f"V{y1 + height:.1f}"
        f"C{middle:.1f} {y1 + height:.1f} {middle:.1f} {y0 + height:.1f} {x0:.1f} {y0 + height:.1f}Z"
    )

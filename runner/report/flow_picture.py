"""The flow picture as inline SVG: each stage a bar of rows that parts into ribbons, one a branch."""

from dataclasses import dataclass

from markupsafe import Markup

from runner.report.account import Branch, branches
from runner.report.flow import ZONES, Lane, Stage
from runner.report.formatting import count_text
from runner.report.rendering import PAGES

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
        return self.columns[0] if self.stacked else self.columns[stage.zone]


WIDE = Frame("wide", 1000, (4, 410, 816), 406, 150, stacked=False)
NARROW = Frame("narrow", 360, (4, 4, 4), 342, 110, stacked=True)


class Drawing:
    """The shapes of a picture, in layers: labels lie on bars, bars on ribbons."""

    def __init__(self, frame: Frame):
        self.frame = frame
        self.ribbons, self.bars, self.labels = [], [], {}

    def ribbon(self, path: str, kind: str, hint: str = "") -> None:
        """A band of rows, with what a pointer resting on it is told, or a line."""
        self.ribbons.append((path, kind, hint))

    def bar(self, x: float, y: float, height: float, kind: str) -> None:
        """An upright bar: the rows at one place."""
        self.bars.append((x, y, height, kind))

    def label(self, x: float, y: float, text: str, kind: str, anchor: str = "start") -> None:
        """A line of text; ``kind`` is its style. Where one stands already, it stays."""
        self.labels.setdefault((x, y, anchor), (text, kind))


def flow_svg(lanes: list[Lane], frame: Frame) -> Markup:
    """The flow picture as inline SVG in a frame, ``WIDE`` or ``NARROW``; each lane is drawn to a scale of its own."""
    drawing, y = Drawing(frame), 0.0
    if not frame.stacked:
        for zone, x in zip(ZONES, frame.columns, strict=True):
            drawing.label(x, 16, zone.capitalize(), "zone")
        y = 26.0
    for lane in lanes:
        y = _draw_lane(drawing, lane, y)
    spoken = " ".join(f"{lane.title}. " + " ".join(stage.sentence for stage in lane.stages) for lane in lanes)
    page = PAGES.get_template("flow.svg.j2")
    return Markup(page.render(drawing=drawing, bar_width=BAR_WIDTH, height=y, spoken=spoken))


def _draw_lane(drawing: Drawing, lane: Lane, top: float) -> float:
    """One source under its title; gives the lower edge."""
    drawing.ribbon(f"M0 {top:.1f}H{drawing.frame.width}", "divider")
    drawing.label(drawing.frame.columns[0], top + 26, lane.title, "lane")
    scale = FULL_HEIGHT / lane.most_rows
    upper = lower = top + 36
    for stage in lane.stages:
        end = _draw_stage(drawing, stage, scale, upper)
        lower = max(lower, end)
        if drawing.frame.stacked:
            upper = lower = end + 10
    return lower + 18


def _draw_stage(drawing: Drawing, stage: Stage, scale: float, top: float) -> float:
    """One step from its source to its target; gives the lower edge."""
    left = drawing.frame.left(stage)
    right = left + drawing.frame.stage_width
    bars_top = _draw_ends(drawing, stage, left, right, top)
    if stage.rows is None:
        return _draw_absence(drawing, stage, left, right, bars_top)
    heights = [(branch, max(THINNEST, branch.rows * scale)) for branch in branches(stage.rows) if branch.rows > 0]
    drawing.bar(left, bars_top, sum(height for _, height in heights) or THINNEST, "node")
    y = edge = bars_top
    label = 0.0
    for branch, height in heights:
        if branch.kind == "kept":
            _draw_kept(drawing, stage, (left + BAR_WIDTH, right), y, height)
            edge = y + height + GAP
        else:
            slot = max(edge + GAP, label + LABEL_PITCH - height / 2)
            _draw_drop(drawing, branch, (left + BAR_WIDTH, y), slot, height)
            edge, label = slot + height, slot + height / 2
        y += height
    return max(y, edge, label + LABEL_PITCH / 2, bars_top + LABEL_PITCH)


def _draw_ends(drawing: Drawing, stage: Stage, left: float, right: float, top: float) -> float:
    """Name and rows of the two tables of a stage; gives where its bars begin."""
    before = after = ""
    if stage.rows:
        before = count_text(stage.rows["read"])
        after = count_text(stage.rows["kept"] if stage.target_rows is None else stage.target_rows)
    if drawing.frame.stacked:
        edge = right + BAR_WIDTH
        drawing.label(left, top + 12, stage.source, "table")
        drawing.label(edge, top + 30, f"→ {stage.target}", "table", "end")
        drawing.label(left, top + 50, before, "rows")
        drawing.label(edge, top + 50, after, "rows", "end")
        return top + 60
    for x, table, rows in ((left, stage.source, before), (right, stage.target, after)):
        drawing.label(x, top + 12, table, "table")
        drawing.label(x, top + 32, rows, "rows")
    return top + 42


def _draw_kept(drawing: Drawing, stage: Stage, span: tuple[float, float], y: float, height: float) -> None:
    """The rows that go on to the target, level from bar to bar."""
    left, right = span
    drawing.ribbon(_band(left, y, right, y, height), "kept", stage.joining or f"{count_text(stage.rows['kept'])} kept")
    drawing.bar(right, y, height, "node")
    if stage.joining and height >= LABEL_PITCH:
        drawing.label(left + 12, y + height / 2 + 4.5, stage.joining, "branch")


def _draw_drop(drawing: Drawing, branch: Branch, start: tuple[float, float], slot: float, height: float) -> None:
    """A branch that leaves the flow: it bends down and ends at its label."""
    end = start[0] + drawing.frame.drop_width
    drawing.ribbon(_band(*start, end, slot, height), branch.kind, branch.text)
    drawing.bar(end, slot, height, branch.kind)
    drawing.label(end + BAR_WIDTH + 7, slot + height / 2 + 4.5, branch.text, "branch")


def _draw_absence(drawing: Drawing, stage: Stage, left: float, right: float, top: float) -> float:
    """A step that accounted for nothing: a dashed line and why."""
    # Clear of the bar that the stage before may have ended in.
    start, middle = left + BAR_WIDTH + 8, top + 12
    drawing.ribbon(f"M{start} {middle}H{right}", "absent", stage.sentence)
    drawing.label(start, middle + 20, f"no rows: {stage.step['name']} {stage.step['status'].lower()}", "absent")
    return middle + 28


def _band(x0: float, y0: float, x1: float, y1: float, height: float) -> str:
    """The outline of a band of one height from (x0, y0) to (x1, y1), level at both ends."""
    middle = (x0 + x1) / 2
    return (
        f"M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
        f"V{y1 + height:.1f}"
        f"C{middle:.1f} {y1 + height:.1f} {middle:.1f} {y0 + height:.1f} {x0:.1f} {y0 + height:.1f}Z"
    )

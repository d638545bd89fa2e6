"""The way of the rows through the zones, by source: which step carries rows from which table to which."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpers.tables import CURATED, LANDING, TABLES, TRUSTED, Table
from runner.pipeline.steps import STEPS
from runner.report.account import branches

ZONES = (LANDING, TRUSTED, CURATED)


@dataclass(frozen=True)
class Stage:
    """One step on the map of the zones."""

    step: Mapping  # its entry in run.json
    lane: str  # the title of the lane that it is drawn in
    source: str
    target: str
    zone: int = 0  # the place in ZONES that it reads from
    target_rows: int | None = None  # that its target holds in the end
    pairs: bool = False  # whether a row of the target is made of several

    @property
    def rows(self) -> Mapping | None:
        """What became of the rows that it read."""
        return self.step["rows"]

    @property
    def sentence(self) -> str:
        """The stage in words, for those who do not see the picture."""
        if self.rows is None:
            return f"{self.step['name']}: {self.step['status'].lower()}, no rows accounted for."
        ways = ", ".join(way.text for way in branches(self.rows) if way.rows)
        join = f" {self.joining}." if self.joining else ""
        return f"{self.source} to {self.target}: {self.rows['read']:,} rows read, {ways}.{join}"

    @property
    def joining(self) -> str:
        """How the kept rows became the rows of the target, where a row of the target is made of several."""
        if not self.pairs or self.rows is None or self.target_rows is None:
            return ""
        return f"{self.rows['kept']:,} kept rows make {self.target_rows:,} pairs"


@dataclass(frozen=True)
class Lane:
    """The stages of one source, drawn to one scale of its own."""

    title: str
    stages: list[Stage]

    @property
    def most_rows(self) -> int:
        """The largest number of rows that a stage of this lane accounts for; 1 where it has none."""
        counted = [stage.rows for stage in self.stages if stage.rows]
        parts = [max(rows["read"], sum(way.rows for way in branches(rows) if way.rows > 0)) for rows in counted]
        return max(parts, default=0) or 1


def lanes_of(steps: Iterable[Mapping], tables: Mapping[str, int]) -> list[Lane]:
    """Sort the steps of run.json into lanes.

    A step that is not on the map and keeps an account gets a lane of its own, so that no account goes undrawn; one
    that keeps none (the checks, the exploration) has no place in the picture.
    """
    left = {step["name"]: step for step in steps}
    made = [table for table in TABLES.values() if table.zone in ZONES[1:] and table.step in left]
    stages = [_stage(table, left.pop(table.step), tables.get(table.name)) for table in made]
    stages += [Stage(step, _title(step["name"]), "read", "kept") for step in left.values() if step["rows"] is not None]
    titles = dict.fromkeys(stage.lane for stage in stages)
    return [Lane(title, [stage for stage in stages if stage.lane == title]) for title in titles]


def _stage(target: Table, step: Mapping, target_rows: int | None) -> Stage:
    """The step that makes a table, of the tables of the zone before that it reads: of its own source, or of all."""
    zone, pairs = ZONES.index(target.zone) - 1, target.for_research
    read = [TABLES[name] for name in STEPS[target.step].reads]
    sources = sorted(
        table.name for table in read if table.zone == ZONES[zone] and (pairs or _source(table) == _source(target))
    )
    lane = _title(target.name.removesuffix(f"_{CURATED}") if pairs else _source(target))
    return Stage(step, lane, " + ".join(sources), target.name, zone, target_rows, pairs)


def _source(table: Table) -> str:
    return table.prefix.partition("/")[0]


def _title(name: str) -> str:
    return re.sub(r"^\d+_", "", name).replace("_", " ").capitalize()

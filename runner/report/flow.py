"""The way of the rows through the zones, by source: which step carries rows from which table to which."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.report.accounting import Account, account_of

ZONES = ("Landing", "Trusted", "Curated")


@dataclass(frozen=True)
class Route:
    """What a step does on the map of the zones.

    Parameters
    ----------
    lane : str
        The title of the lane that the step is drawn in.
    source, target : str
        The tables.
    zone : int
        The place in ``ZONES`` that it reads from.
    joined : str
        What becomes of the kept rows where the target counts others, such as pairs of them.
    """

    lane: str
    source: str
    target: str
    zone: int
    joined: str = ""


# By the name of the step without its number. The order is the order of the picture.
ROUTES = {
    "customer_landing_to_trusted": Route("Customers", "customer_landing", "customer_trusted", 0),
    "customer_trusted_to_curated": Route("Customers", "customer_trusted", "customers_curated", 1),
    "accelerometer_landing_to_trusted": Route("Accelerometer", "accelerometer_landing", "accelerometer_trusted", 0),
    "step_trainer_landing_to_trusted": Route("Step trainer", "step_trainer_landing", "step_trainer_trusted", 0),
    "machine_learning_curated": Route(
        "Machine learning", "accelerometer_trusted + step_trainer_trusted", "machine_learning_curated", 1, "pairs"
    ),
}


@dataclass(frozen=True)
class Stage:
    """One step on its way: where from, where to, its account, and the rows that its target holds in the end."""

    step: str
    status: str
    route: Route
    account: Account | None
    target_rows: int | None

    @property
    def sentence(self) -> str:
        """The stage in words, for those who do not see the picture."""
        if self.account is None:
            return f"{self.step}: {self.status.lower()}, no rows accounted for."
        ways = [branch.text for branch in self.account.branches() if branch.rows]
        join = f" {self.joining}." if self.joining else ""
        return f"{self.route.source} to {self.route.target}: {self.account.read:,} rows read, {', '.join(ways)}.{join}"

    @property
    def joining(self) -> str:
        """How the kept rows became the rows of the target, where a row of the target is made of several."""
        if not (self.route.joined and self.account and self.target_rows is not None):
            return ""
        return f"{self.account.kept:,} kept rows make {self.target_rows:,} {self.route.joined}"


@dataclass(frozen=True)
class Lane:
    """The stages of one source, drawn to one scale of its own."""

    title: str
    stages: list[Stage]

    @property
    def most_rows(self) -> int:
        """The largest number of rows that a stage of this lane accounts for; 1 where it has none."""
        parts = [
            max(stage.account.read, sum(branch.rows for branch in stage.account.branches() if branch.rows > 0))
            for stage in self.stages
            if stage.account
        ]
        return max(parts, default=0) or 1


def lanes_of(steps: Iterable[Mapping], tables: Mapping[str, int]) -> list[Lane]:
    """Sort the steps of run.json into lanes.

    A step that is not on the map and keeps an account gets a lane of its own, so that no account goes undrawn; one
    that keeps none (the checks, the exploration) has no place in the picture.
    """
    order = list(ROUTES)
    lanes: dict[str, list[tuple[int, Stage]]] = {route.lane: [] for route in ROUTES.values()}
    for step in steps:
        name = re.sub(r"^\d+_", "", step["name"])
        account = account_of(step["rows"])
        route = ROUTES.get(name)
        if route is None and account is None:
            continue
        place = order.index(name) if route else len(order)
        route = route or Route(name.replace("_", " ").capitalize(), "read", "kept", 0)
        stage = Stage(step["name"], step["status"], route, account, tables.get(route.target))
        lanes.setdefault(route.lane, []).append((place, stage))
    return [
        Lane(title, [stage for _, stage in sorted(placed, key=lambda item: item[0])])
        for title, placed in lanes.items()
        if placed
    ]

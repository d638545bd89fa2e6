"""What a run changed, against the run before it on the same lake."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from runner.report.account import branches


class Change(NamedTuple):
    """A number, or a setting, of a subject such as a table; None where one of the runs has no such number."""

    subject: str
    measure: str
    before: int | str | None
    after: int | str | None

    @property
    def difference(self) -> str:
        """The difference of two numbers with its sign; blank where there is none to take."""
        if isinstance(self.before, int) and isinstance(self.after, int):
            return f"{self.after - self.before:+,}"
        return ""


def changes_since(run: Mapping) -> list[Change]:
    """The changes of a run.json document since its ``previous``; empty where all is equal, or there is none."""
    previous = run.get("previous")
    return [change for change in _compare(run, previous) if change.before != change.after] if previous else []


def _compare(run: Mapping, previous: Mapping) -> Iterator[Change]:
    for name in previous["parameters"] | run["parameters"]:
        yield Change(name, "parameter", previous["parameters"].get(name), run["parameters"].get(name))
    for name in sorted(run["tables"]):
        yield Change(name, "rows", previous["tables"].get(name), run["tables"][name])
    for step in run["steps"]:
        before, after = previous["rows"].get(step["name"]), step["rows"]
        if before and after:
            ways, now = ({way.name: way.rows for way in branches(rows)} for rows in (before, after))
            for way in ways | now:
                yield Change(step["name"], way, ways.get(way, 0), now.get(way, 0))

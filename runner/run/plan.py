"""What a run is asked to do, noted beside the project, so that a run that was killed can be resumed, and how."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from runner.errors import UserError
from runner.files import write_whole
from runner.paths import STATE

PLANS = STATE / "runs"
KEPT = 50
"""How many notes are kept."""


@dataclass(frozen=True)
class Plan:
    """The order for a run."""

    run_id: str
    profile: str
    parameters: dict[str, str]
    """Every parameter of the notebooks."""
    steps: list[str]
    """In the order of their declaration."""
    landing: str | None
    """The landing directory; None where the bucket has all that is to be read."""
    lake: str
    """The lake, where the profile is local; else blank."""
    fresh: bool = False
    """Run every step, be it done before or not."""

    @property
    def lake_name(self) -> str:
        """A name for the lake in histories of runs: two lakes never share one, and it tells no path."""
        place = hashlib.sha256(f"{self.profile} {self.parameters['bucket']} {self.lake}".encode()).hexdigest()[:6]
        return f"{self.parameters['bucket']} ({self.profile}, {place})"

    def forget(self) -> None:
        """Remove the note of a run that never began."""
        (PLANS / f"{self.run_id}.json").unlink(missing_ok=True)

    def save(self) -> None:
        """Note the plan, in one move, and forget the oldest ones."""
        PLANS.mkdir(parents=True, exist_ok=True)
        write_whole(PLANS / f"{self.run_id}.json", json.dumps(asdict(self), indent=1) + "\n")
        for old in sorted(PLANS.glob("*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)


@dataclass(frozen=True)
class Options:
    """How a batch is run; `runner.options` tells what these mean. Times are in seconds."""

    isolated: bool
    wait: float
    timeout: float
    retries: int
    local: bool
    """Whether the AWS that answers is the local one, so that a cost is an estimate."""


def find_plan(run_id: str | None) -> Plan | None:
    """The plan of a run that was begun here, or of the latest one; None where there is no such note."""
    path = PLANS / f"{run_id}.json" if run_id else max(PLANS.glob("*.json"), default=PLANS / "none.json")
    return Plan(**json.loads(path.read_text("utf-8"))) if path.is_file() else None


def plan_from_record(record: dict, profile: str, lake: str, landing: Path | None) -> Plan:
    """The plan of a run that was begun on another machine, from what the bucket knows of it."""
    if not record.get("landed") and landing is None:
        raise UserError(
            f"Run {record['run_id']} ended before all its landing files were in the bucket: name them with --landing."
        )
    fresh = record.get("fresh", False)
    return Plan(record["run_id"], profile, record["parameters"], record["plan"], None, lake, fresh)

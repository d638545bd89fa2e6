"""What a run is asked to do, noted beside the project, so that a run that was killed can be resumed, and how."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from runner.errors import UserError
from runner.files import write_whole
from runner.paths import STATE

PLANS = STATE / "runs"
KEPT = 50
"""How many notes are kept."""


@dataclass(frozen=True)
class Plan:
    """The order for a run.

    Parameters
    ----------
    run_id, profile : str
        Its id and its AWS profile.
    parameters : dict of str to str
        Every parameter of the notebooks.
    steps : list of str
        The steps, in the order of their declaration.
    landing : str or None
        The landing directory; None where the bucket has all that is to be read.
    lake : str
        The lake, where the profile is local; else blank.
    fresh : bool
        Run every step, be it done before or not.
    """

    run_id: str
    profile: str
    parameters: dict[str, str]
    steps: list[str]
    landing: str | None
    lake: str
    fresh: bool = False

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

    def moved(self, profile: str | None, lake: Path | None, landing: Path | None) -> "Plan":
        """The plan with another profile, lake or landing directory, where one is named."""
        return replace(
            self,
            profile=profile or self.profile,
            lake=str(lake.resolve()) if lake else self.lake,
            landing=str(landing.resolve()) if landing else self.landing,
        )


@dataclass(frozen=True)
class Options:
    """How a batch is run.

    Parameters
    ----------
    isolated : bool
        A Glue session of its own for each notebook.
    wait : float
        Seconds to wait at most for another run on the same lake.
    timeout : float
        Seconds that a step may take.
    retries : int
        How often a step is tried again after throttling.
    local : bool
        Whether the AWS that answers is the local one, so that a cost is an estimate.
    """

    isolated: bool = False
    wait: float = 3600.0
    timeout: float = 3600.0
    retries: int = 3
    local: bool = False


def find_plan(run_id: str | None) -> Plan | None:
    """The plan of a run that was begun here, or of the latest one; None where there is no such note."""
    if run_id:
        path = PLANS / f"{run_id}.json"
    else:
        path = max(PLANS.glob("*.json"), default=PLANS / "none.json")
    return Plan(**json.loads(path.read_text("utf-8"))) if path.is_file() else None


def plan_from_record(record: dict, profile: str, lake: str, landing: Path | None) -> Plan:
    """The plan of a run that was begun on another machine, from what the bucket knows of it.

    Raises
    ------
    UserError
        If it ended before its landing files were in the bucket, and no landing directory is named.
    """
    if not record.get("landed") and landing is None:
        raise UserError(
            f"Run {record['run_id']} ended before all its landing files were in the bucket: name them with --landing."
        )
    directory, fresh = str(landing) if landing else None, record.get("fresh", False)
    return Plan(record["run_id"], profile, record["parameters"], record["plan"], directory, lake, fresh)

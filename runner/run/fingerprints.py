"""Whether a step would do again what it has done: hashes of its code, its parameters, and what it reads and wrote."""

import hashlib
import json
from collections.abc import Iterable

from helpers.publishing.catalog import get_table, location_of, put_table
from helpers.publishing.objects import list_objects
from helpers.publishing.versions import FINGERPRINT, of_uncertain_content
from helpers.tables import TABLES
from runner.aws_errors import find
from runner.paths import NOTEBOOKS, SQL
from runner.pipeline.parameters import declared_parameters
from runner.pipeline.scripts import zip_helpers
from runner.pipeline.steps import STEPS
from runner.run.findings import read_record

PASSING = ("run_id", "ended", "athena_bytes", "unchanged_since")
"""What of a step's record is not the same each time."""
STRICTER = {"accept_loss": "no"}
"""What stops a step where the parameter's other value lets it go on: a step that got through so gets through anyhow."""


class Fingerprints:
    """The hashes of a batch's steps, and the state of the tables.

    They follow from every parameter of the run, and from the records of its steps where a later step reads them.
    """

    def __init__(self, parameters: dict[str, str], run_id: str):
        self._parameters, self._run_id = parameters, run_id
        self._states: dict[str, str] = {}
        documents = [zip_helpers(), *(path.read_bytes() for path in sorted(SQL.rglob("*.sql")))]
        self._shared = hashlib.sha256(b"\0".join(documents)).hexdigest()

    def of(self, step: str, parameters: dict[str, str] | None = None) -> str:
        """The hash of a step: its notebook, the helpers and the SQL; its parameters; the state of what it reads."""
        declared, parameters = declared_parameters(step), parameters or self._parameters
        parts = {
            "code": self._shared,
            "notebook": hashlib.sha256((NOTEBOOKS / f"{step}.ipynb").read_bytes()).hexdigest(),
            "parameters": {name: value for name, value in parameters.items() if name in declared},
            "reads": {name: self._state(name) for name in STEPS[step].reads},
            "records": [self._record(other) for other in STEPS[step].records],
            "key": self._key_version() if "participant_key" in declared else None,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def fitting(self, step: str) -> set[str]:
        """The hashes under which a step has done what it would do now: its own, and that of the stricter parameters."""
        stricter = self._parameters | STRICTER
        return {self.of(step)} if stricter == self._parameters else {self.of(step), self.of(step, stricter)}

    def written(self, step: str) -> dict[str, str]:
        """The state of what a step writes."""
        return {name: self._state(name) for name in STEPS[step].writes}

    def written_now(self, step: str) -> dict[str, str]:
        """The same, after the step was at work; nobody else writes tables or lands files meanwhile."""
        for name in STEPS[step].writes:
            self._states.pop(name, None)
        return self.written(step)

    def doubt(self, names: Iterable[str]) -> None:
        """Take the mark of its content from tables that somebody has changed, so that their step publishes anew."""
        for name in names:
            table = get_table(self._parameters["database"], name)
            if table and FINGERPRINT in table.get("Parameters", {}):
                put_table(self._parameters["database"], of_uncertain_content(table), table)

    def _state(self, name: str) -> str:
        """The state of a table: its entry in the catalog and its files. Equal states mean equal rows."""
        if name not in self._states:
            table = get_table(self._parameters["database"], name)
            parts = [table and table["StorageDescriptor"], table and table.get("Parameters", {}).get(FINGERPRINT)]
            if name in TABLES:  # the other one is that of the runs, which has more files with each of them
                landed = f"s3://{self._parameters['bucket']}/{TABLES[name].prefix}"
                found = list_objects(location_of(table) if table else landed)
                parts += sorted((item["Key"], item["ETag"]) for item in found)
            document = json.dumps(parts, sort_keys=True, default=str)
            self._states[name] = hashlib.sha256(document.encode()).hexdigest()
        return self._states[name]

    def _record(self, step: str) -> dict | None:
        """What a step of this run has recorded, but for the run and the time."""
        record = read_record(self._parameters["bucket"], self._run_id, step)
        return record and {name: value for name, value in record.items() if name not in PASSING}

    def _key_version(self) -> str | None:
        """Which version of the participants' key is the present one; its name says nothing about the key."""
        secret = find("secretsmanager", "describe_secret", SecretId=self._parameters["participant_key"])
        versions = secret.get("VersionIdsToStages", {})
        return next((version for version, stages in versions.items() if "AWSCURRENT" in stages), None)

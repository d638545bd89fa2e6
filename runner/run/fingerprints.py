"""Whether a step would do again what it has done: hashes of its code, its parameters, and what it reads."""

import hashlib
import json

import boto3

from helpers.publishing.catalog import get_table, location_of
from helpers.publishing.versions import FINGERPRINT
from helpers.tables import TABLES
from runner.paths import NOTEBOOKS, SQL
from runner.pipeline.parameters import declared_parameters
from runner.pipeline.scripts import zip_helpers
from runner.pipeline.steps import LANDING, STEPS


class Fingerprints:
    """The hashes of a batch's steps, and the state of the tables.

    Parameters
    ----------
    parameters : dict of str to str
        Every parameter of the run.
    """

    def __init__(self, parameters: dict[str, str]):
        self._parameters = parameters
        self._landed: dict[str, str] = {}
        documents = [zip_helpers(), *(path.read_bytes() for path in sorted(SQL.rglob("*.sql")))]
        self._shared = hashlib.sha256(b"\0".join(documents)).hexdigest()

    def of(self, step: str) -> str:
        """The hash of a step: its notebook, the helpers and the SQL; its parameters; the state of what it reads."""
        declared = declared_parameters(step)
        parts = {
            "code": self._shared,
            "notebook": hashlib.sha256((NOTEBOOKS / f"{step}.ipynb").read_bytes()).hexdigest(),
            "parameters": {name: value for name, value in self._parameters.items() if name in declared},
            "reads": self.tables(STEPS[step].reads),
            "key": self._key_version() if "participant_key" in declared else None,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def tables(self, names: tuple[str, ...]) -> dict[str, str | None]:
        """The state of tables: equal states mean equal rows. None for a table that is not there."""
        return {name: self._landing(name) if name in LANDING else self._published(name) for name in names}

    def _published(self, name: str) -> str | None:
        table = get_table(self._parameters["database"], name)
        return table and f"{location_of(table)} {table.get('Parameters', {}).get(FINGERPRINT)}"

    def _landing(self, name: str) -> str:
        """The hash of a landing zone's files: they are read once a run, since nobody lands files meanwhile."""
        if name not in self._landed:
            pages = boto3.client("s3").get_paginator("list_objects_v2")
            found = [
                (item["Key"], item["ETag"])
                for page in pages.paginate(Bucket=self._parameters["bucket"], Prefix=TABLES[name].prefix)
                for item in page.get("Contents", [])
            ]
            self._landed[name] = hashlib.sha256(json.dumps(sorted(found)).encode()).hexdigest()
        return self._landed[name]

    def _key_version(self) -> str | None:
        """Which version of the participants' key is the present one; its name says nothing about the key."""
        client = boto3.client("secretsmanager")
        try:
            versions = client.describe_secret(SecretId=self._parameters["participant_key"])["VersionIdsToStages"]
        except client.exceptions.ResourceNotFoundException:
            return None
        return next((version for version, stages in versions.items() if "AWSCURRENT" in stages), None)

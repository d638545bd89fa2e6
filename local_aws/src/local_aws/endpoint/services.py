"""The services behind one endpoint, each over the same lake."""

import shutil
import threading
from dataclasses import dataclass
from typing import Any

from local_aws.caller import require
from local_aws.endpoint.actions import needed_permissions
from local_aws.endpoint.service import Service
from local_aws.glue.catalog.service import Catalog
from local_aws.glue.sessions.service import Sessions
from local_aws.lake import Lake
from local_aws.profile import aws_environment, read_credentials
from local_aws.s3.service import S3
from local_aws.secrets import Secrets


@dataclass(frozen=True)
class Guarded:
    """A service that first asks whether the present caller may.

    Athena asks the catalog with the rights of whoever asks Athena (Athena User Guide, "Configure access to databases
    and tables in the AWS Glue Data Catalog").
    """

    name: str
    service: Service

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer as the service does."""
        for needed in needed_permissions(self.name, action, payload):
            require(needed.action, needed.resource, **needed.context)
        return self.service.call(action, payload)


class Services:
    """What an endpoint over a lake has to offer: ``s3``, and the services that speak AWS JSON."""

    names = ("glue", "athena", "secretsmanager")
    """Those of the latter in a credential scope."""

    def __init__(self, lake: Lake):
        self._lake, self._catalog, self._secrets = lake, Catalog(lake), Secrets(lake)
        role = read_credentials(lake).of_session()
        self._sessions = Sessions(lake.plainly(), aws_environment(lake) | role.environment())
        self._athena: Service | None = None
        self._opening = threading.Lock()
        # What queries that ran when an endpoint was killed had at hand goes now, not when somebody first asks Athena.
        for left in lake.state.glob("athena-*/"):
            shutil.rmtree(left, ignore_errors=True)
        self.s3 = S3(lake)

    def call(self, name: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer an action of a service, for a caller who may."""
        return Guarded(name, self._find(name, action)).call(action, payload)

    def close(self) -> None:
        """End every process that a service has started."""
        self._sessions.close()

    def _find(self, name: str, action: str) -> Service:
        if name == "glue":
            return self._sessions if action in self._sessions.ACTIONS else self._catalog
        return self._secrets if name == "secretsmanager" else self._opened_athena()

    def _opened_athena(self) -> Service:
        from local_aws.athena.service import Athena  # takes long to load: DuckDB, PyArrow and a parser of SQL

        with self._opening:
            self._athena = self._athena or Athena(self._lake.plainly(), Guarded("glue", self._catalog))
        return self._athena

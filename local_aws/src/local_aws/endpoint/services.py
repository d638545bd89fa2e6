"""The services behind one endpoint, each over the same lake."""

from dataclasses import dataclass
from typing import Any

from local_aws.athena.service import Athena
from local_aws.caller import require
from local_aws.endpoint.actions import resources_of
from local_aws.endpoint.service import Service
from local_aws.glue.catalog.service import Catalog
from local_aws.glue.sessions.service import Sessions
from local_aws.lake import Lake
from local_aws.profile import aws_environment, read_credentials
from local_aws.s3.service import S3
from local_aws.secrets import Secrets


class Glue:
    """Glue as its clients see it, one service: the interactive sessions and the Data Catalog."""

    def __init__(self, sessions: Sessions, catalog: Catalog):
        self._sessions = sessions
        self._catalog = catalog

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer an action of the sessions or else of the catalog, which refuses all others by name."""
        service: Service = self._sessions if action in self._sessions.ACTIONS else self._catalog
        return service.call(action, payload)


class AsCaller:
    """The catalog as Athena asks it: with the rights of whoever asks Athena (Athena User Guide, "Configure access to
    databases and tables in the AWS Glue Data Catalog")."""

    def __init__(self, catalog: Catalog):
        self._catalog = catalog

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer as the catalog does."""
        for resource in resources_of("glue", payload):
            require(f"glue:{action}", resource)
        return self._catalog.call(action, payload)


@dataclass(frozen=True)
class Services:
    """What an endpoint has to offer."""

    s3: S3
    json: dict[str, Service]
    """The services that speak AWS JSON, by the name in a credential scope."""

    sessions: Sessions

    def close(self) -> None:
        """End every process that a service has started."""
        self.sessions.close()


def open_services(lake: Lake) -> Services:
    """Open every service over a lake."""
    catalog = Catalog(lake)
    role = read_credentials(lake).of_session()
    sessions = Sessions(lake.plainly(), aws_environment(lake) | role.environment())
    return Services(
        s3=S3(lake),
        json={
            "glue": Glue(sessions, catalog),
            "athena": Athena(lake.plainly(), AsCaller(catalog)),
            "secretsmanager": Secrets(lake),
        },
        sessions=sessions,
    )

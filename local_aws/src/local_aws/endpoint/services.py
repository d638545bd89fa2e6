"""The services behind one endpoint, each over the same lake."""

import threading
from collections.abc import Callable
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


class Glue:
    """Glue as its clients see it, one service: the interactive sessions and the Data Catalog."""

    def __init__(self, sessions: Sessions, catalog: Catalog):
        self._sessions = sessions
        self._catalog = catalog

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer an action of the sessions or else of the catalog, which refuses all others by name."""
        service: Service = self._sessions if action in self._sessions.ACTIONS else self._catalog
        return service.call(action, payload)


class Guarded:
    """A service that first asks whether the present caller may.

    Athena asks the catalog with the rights of whoever asks Athena (Athena User Guide, "Configure access to databases
    and tables in the AWS Glue Data Catalog").
    """

    def __init__(self, name: str, service: Service):
        self._name = name
        self._service = service

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer as the service does."""
        for needed in needed_permissions(self._name, action, payload):
            require(needed.action, needed.resource, **needed.context)
        return self._service.call(action, payload)


class Late:
    """A service that is opened by its first request, for one that takes long to load.

    Parameters
    ----------
    opening : Callable
        Gives the service.
    """

    def __init__(self, opening: Callable[[], Service]):
        self._opening = opening
        self._lock = threading.Lock()
        self._service: Service | None = None

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer an action."""
        with self._lock:
            self._service = self._service or self._opening()
        return self._service.call(action, payload)


class Services:
    """What an endpoint over a lake has to offer."""

    def __init__(self, lake: Lake):
        catalog = Catalog(lake)
        role = read_credentials(lake).of_session()
        self._sessions = Sessions(lake.plainly(), aws_environment(lake) | role.environment())
        self.s3 = S3(lake)
        services = {
            "glue": Glue(self._sessions, catalog),
            "athena": Late(lambda: _open_athena(lake, catalog)),
            "secretsmanager": Secrets(lake),
        }
        self.json: dict[str, Service] = {name: Guarded(name, service) for name, service in services.items()}
        """The services that speak AWS JSON, by the name in a credential scope."""

    def close(self) -> None:
        """End every process that a service has started."""
        self._sessions.close()


def _open_athena(lake: Lake, catalog: Catalog) -> Service:
    from local_aws.athena.service import Athena  # with DuckDB, PyArrow and a parser of SQL

    return Athena(lake.plainly(), Guarded("glue", catalog))

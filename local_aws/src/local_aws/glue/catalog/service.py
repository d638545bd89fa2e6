"""The Glue Data Catalog: databases, tables with their versions, and partitions."""

import threading
from contextlib import nullcontext
from typing import Any

from local_aws.errors import AwsError, not_supported
from local_aws.glue.catalog import databases, partitions, tables, versions
from local_aws.glue.catalog.state import CatalogState
from local_aws.lake import Lake
from local_aws.profile import ACCOUNT

_ANSWERERS = databases.ANSWERERS | tables.ANSWERERS | versions.ANSWERERS | partitions.ANSWERERS
_EVERYWHERE = frozenset({"CatalogId", "AuditContext"})


class Catalog:
    """The catalog as a service, kept in the lake.

    One lock lets one call in at a time, so that UpdateTable's comparison of versions and its change are one step. A
    call that changes something is answered when the change is on the disk.

    Parameters
    ----------
    lake : Lake
        Where ``catalog.sqlite`` stands, among the endpoint's state.
    """

    def __init__(self, lake: Lake):
        self._state = CatalogState(lake)
        self._lock = threading.Lock()

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer one action of the Data Catalog.

        Raises
        ------
        AwsError
            With AWS's code and message; not supported, by name, for other actions and for parameters that would be
            without effect.
        """
        answerer = _ANSWERERS.get(action)
        if answerer is None:
            raise not_supported("glue", action)
        for name in payload.keys() - answerer.parameters - _EVERYWHERE:
            raise not_supported("glue", f"{action} with {name}")
        if payload.get("CatalogId", ACCOUNT) != ACCOUNT:
            raise AwsError("EntityNotFoundException", f"Catalog {payload['CatalogId']} not found.")
        with self._lock, self._state.transaction() if answerer.changes else nullcontext():
            return answerer.answer(self._state, payload)

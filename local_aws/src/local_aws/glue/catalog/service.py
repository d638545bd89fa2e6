"""The Glue Data Catalog: databases, tables with their versions, and partitions."""

from typing import Any

from local_aws.endpoint.service import StoredService
from local_aws.errors import AwsError
from local_aws.glue.catalog import databases, partitions, tables
from local_aws.glue.catalog.state import CatalogState
from local_aws.lake import Lake
from local_aws.profile import ACCOUNT


class Catalog(StoredService):
    """The catalog as a service, kept in the lake's ``catalog.sqlite``."""

    def __init__(self, lake: Lake):
        answerers = databases.ANSWERERS | tables.ANSWERERS | partitions.ANSWERERS
        super().__init__("glue", CatalogState(lake), answerers)

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer one action of the Data Catalog; see `StoredService.call`."""
        if payload.get("CatalogId", ACCOUNT) != ACCOUNT:
            raise AwsError("EntityNotFoundException", f"Catalog {payload['CatalogId']} not found.")
        everywhere = ("CatalogId", "AuditContext")
        return super().call(action, {name: value for name, value in payload.items() if name not in everywhere})

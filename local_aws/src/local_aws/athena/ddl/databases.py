"""ALTER DATABASE.

Source: "ALTER DATABASE SET DBPROPERTIES" (Athena user guide).
"""

import re

from local_aws.athena.ddl import text
from local_aws.athena.ddl.utility import CatalogStatements, Listing
from local_aws.athena.failure import QueryFailed
from local_aws.errors import AwsError

_INPUT = ("Name", "Description", "LocationUri", "Parameters")
"""The parts of a database that UpdateDatabase takes (Glue API, ``DatabaseInput``)."""


def set_properties(on: CatalogStatements, database: str, match: "re.Match[str]") -> Listing:
    """ALTER DATABASE database SET DBPROPERTIES ('key' = 'value', …)."""
    try:
        entry = on.catalog.call("GetDatabase", {"Name": database})["Database"]
    except AwsError as error:
        if error.code != "EntityNotFoundException":
            raise
        raise QueryFailed("FAILED", f"SemanticException [Error 10072]: Database does not exist: {database}") from error
    details = {key: entry[key] for key in _INPUT if key in entry}
    details["Parameters"] = {**entry.get("Parameters", {}), **text.properties(match["pairs"])}
    return on.change("UpdateDatabase", {"Name": database, "DatabaseInput": details}, None)

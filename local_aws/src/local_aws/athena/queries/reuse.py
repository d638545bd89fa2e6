"""The reuse of results: what a request says of it, and which queries ask the same.

Source: "Reuse query results in Athena" (Athena user guide), ``ResultReuseByAgeConfiguration`` (API reference).
"""

import hashlib
import json
from typing import Any

from local_aws.athena.queries.execution import NO_REUSE, Execution
from local_aws.errors import AwsError

DEFAULT_AGE_MINUTES = 60
MOST_AGE_MINUTES = 10_080


def reuse_of(request: dict[str, Any]) -> dict[str, Any]:
    """Read ``ResultReuseConfiguration`` of StartQueryExecution.

    Raises
    ------
    AwsError
        For an age that AWS does not take.
    """
    configuration = (request.get("ResultReuseConfiguration") or {}).get("ResultReuseByAgeConfiguration") or {}
    if not 0 <= configuration.get("MaxAgeInMinutes", 0) <= MOST_AGE_MINUTES:
        raise AwsError("InvalidRequestException", f"MaxAgeInMinutes must be between 0 and {MOST_AGE_MINUTES}.")
    return {"ResultReuseByAgeConfiguration": configuration} if configuration.get("Enabled") else NO_REUSE


def most_age_seconds(execution: Execution) -> float | None:
    """How old a result may be that the execution takes; None where it takes none."""
    wanted = execution.reuse["ResultReuseByAgeConfiguration"]
    return 60 * wanted.get("MaxAgeInMinutes", DEFAULT_AGE_MINUTES) if wanted["Enabled"] else None


def question(execution: Execution) -> str | None:
    """Name what a query asks, the same for all that may share a result; None for what is no query."""
    tree = execution.statement.tree
    if tree is None:
        return None
    # The text of EXECUTE does not tell what was prepared.
    asked = [execution.sql, tree.sql("trino"), execution.parameters]
    place = [execution.workgroup, execution.database, execution.folder, execution.caller.kind]
    return hashlib.sha256(json.dumps([*asked, *place]).encode()).hexdigest()

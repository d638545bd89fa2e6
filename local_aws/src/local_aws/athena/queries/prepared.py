"""Prepared statements of a workgroup, kept in the lake.

Source: "Use parameterized queries" (Athena user guide), ``CreatePreparedStatement`` … (API reference).
"""

import time
from typing import Any

from local_aws.athena.queries.records import AthenaRecords
from local_aws.errors import AwsError
from local_aws.paging import page

MOST = 50


class PreparedStatements:
    """The actions on prepared statements, and what PREPARE, EXECUTE and DEALLOCATE PREPARE need of them."""

    def __init__(self, records: AthenaRecords):
        self._records = records

    def create(self, payload: dict[str, Any]) -> dict[str, Any]:
        """CreatePreparedStatement."""
        if self._find(payload["WorkGroup"], payload["StatementName"]) is not None:
            raise AwsError(
                "InvalidRequestException", f"PreparedStatement {payload['StatementName']} already exists in workgroup"
            )
        self._keep(payload)
        return {}

    def update(self, payload: dict[str, Any]) -> dict[str, Any]:
        """UpdatePreparedStatement."""
        self.text(payload["WorkGroup"], payload["StatementName"])
        self._keep(payload)
        return {}

    def get(self, payload: dict[str, Any]) -> dict[str, Any]:
        """GetPreparedStatement."""
        self.text(payload["WorkGroup"], payload["StatementName"])
        return {"PreparedStatement": self._find(payload["WorkGroup"], payload["StatementName"])}

    def batch_get(self, payload: dict[str, Any]) -> dict[str, Any]:
        """BatchGetPreparedStatement."""
        found = {name: self._find(payload["WorkGroup"], name) for name in payload["PreparedStatementNames"]}
        return {
            "PreparedStatements": [one for one in found.values() if one],
            "UnprocessedPreparedStatementNames": [
                {"StatementName": name, "ErrorCode": "STATEMENT_NOT_FOUND", "ErrorMessage": _missing(name).message}
                for name, one in found.items()
                if not one
            ],
        }

    def list(self, payload: dict[str, Any]) -> dict[str, Any]:
        """ListPreparedStatements."""
        held = self._records.items("prepared", payload["WorkGroup"])
        listed, token = page(held, lambda one: one["StatementName"], payload, MOST)
        fields = ("StatementName", "LastModifiedTime")
        return {"PreparedStatements": [{key: one[key] for key in fields} for one in listed], **token}

    def delete(self, payload: dict[str, Any]) -> dict[str, Any]:
        """DeletePreparedStatement."""
        self.text(payload["WorkGroup"], payload["StatementName"])
        self._records.delete("prepared", payload["WorkGroup"], payload["StatementName"])
        return {}

    def text(self, workgroup: str, name: str) -> str:
        """Give a statement's text.

        Raises
        ------
        AwsError
            ``ResourceNotFoundException`` where there is none.
        """
        found = self._find(workgroup, name)
        if found is None:
            raise _missing(name)
        return found["QueryStatement"]

    def _find(self, workgroup: str, name: str) -> dict[str, Any] | None:
        return self._records.get("prepared", workgroup, name)

    def _keep(self, payload: dict[str, Any]) -> None:
        fields = {
            "StatementName": payload["StatementName"],
            "QueryStatement": payload["QueryStatement"],
            "WorkGroupName": payload["WorkGroup"],
            "Description": payload.get("Description", ""),
            "LastModifiedTime": time.time(),
        }
        self._records.put("prepared", payload["WorkGroup"], payload["StatementName"], document=fields)


def _missing(name: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"PreparedStatement {name} was not found")

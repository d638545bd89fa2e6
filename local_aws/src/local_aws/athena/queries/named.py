"""Named queries: texts that a workgroup keeps under a name, kept in the lake.

Source: "Use saved queries" (Athena user guide), ``CreateNamedQuery`` … (API reference).
"""

import uuid
from typing import Any

from local_aws.athena.queries.records import AthenaRecords
from local_aws.athena.queries.workgroups import WorkGroups
from local_aws.errors import AwsError
from local_aws.paging import page

MOST = 50


class NamedQueries:
    """The actions on named queries."""

    def __init__(self, records: AthenaRecords, workgroups: WorkGroups):
        self._records = records
        self._workgroups = workgroups

    def create(self, payload: dict[str, Any]) -> dict[str, Any]:
        """CreateNamedQuery: a ClientRequestToken makes one query, however often it comes."""
        group = self._workgroups.find(payload.get("WorkGroup"))["Name"]
        token = payload.get("ClientRequestToken")
        identifier = str(uuid.uuid5(uuid.NAMESPACE_OID, token)) if token else str(uuid.uuid4())
        fields = {key: payload[key] for key in ("Name", "Description", "Database", "QueryString") if key in payload}
        document = {**fields, "NamedQueryId": identifier, "WorkGroup": group}
        known = self._records.get("named", identifier)
        if known is not None and known != document:
            raise AwsError("InvalidRequestException", "Idempotent parameters do not match")
        self._records.put("named", identifier, document=document)
        return {"NamedQueryId": identifier}

    def get(self, payload: dict[str, Any]) -> dict[str, Any]:
        """GetNamedQuery."""
        return {"NamedQuery": self._find(payload["NamedQueryId"])}

    def batch_get(self, payload: dict[str, Any]) -> dict[str, Any]:
        """BatchGetNamedQuery."""
        found = {name: self._records.get("named", name) for name in payload["NamedQueryIds"]}
        return {
            "NamedQueries": [one for one in found.values() if one],
            "UnprocessedNamedQueryIds": [
                {"NamedQueryId": name, "ErrorCode": "INVALID_INPUT", "ErrorMessage": _missing(name).message}
                for name, one in found.items()
                if not one
            ],
        }

    def list(self, payload: dict[str, Any]) -> dict[str, Any]:
        """ListNamedQueries of a workgroup."""
        group = self._workgroups.find(payload.get("WorkGroup"))["Name"]
        names = [one["NamedQueryId"] for one in self._records.items("named") if one["WorkGroup"] == group]
        listed, token = page(names, lambda name: name, payload, MOST)
        return {"NamedQueryIds": listed, **token}

    def update(self, payload: dict[str, Any]) -> dict[str, Any]:
        """UpdateNamedQuery."""
        document = self._find(payload["NamedQueryId"])
        changes = {key: payload[key] for key in ("Name", "Description", "QueryString") if key in payload}
        self._records.put("named", document["NamedQueryId"], document={**document, **changes})
        return {}

    def delete(self, payload: dict[str, Any]) -> dict[str, Any]:
        """DeleteNamedQuery."""
        self._records.delete("named", self._find(payload["NamedQueryId"])["NamedQueryId"])
        return {}

    def _find(self, identifier: str) -> dict[str, Any]:
        found = self._records.get("named", identifier)
        if found is None:
            raise _missing(identifier)
        return found


def _missing(identifier: str) -> AwsError:
    return AwsError("InvalidRequestException", f"NamedQuery {identifier} was not found")

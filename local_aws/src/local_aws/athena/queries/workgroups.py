"""Workgroups, kept in the lake; ``primary`` is always there.

Source: "Use workgroups to control query access and costs" (Athena user guide), ``WorkGroupConfiguration`` (API
reference).
"""

import time
from typing import Any

from local_aws.athena.queries.execution import ENGINE
from local_aws.athena.queries.records import AthenaRecords
from local_aws.errors import AwsError, not_supported
from local_aws.paging import page

PRIMARY = "primary"
MOST = 50
LEAST_CUTOFF = 10_000_000
"""Bytes; the smallest ``BytesScannedCutoffPerQuery`` that AWS takes."""

KNOWN = {
    "ResultConfiguration",
    "EnforceWorkGroupConfiguration",
    "PublishCloudWatchMetricsEnabled",
    "BytesScannedCutoffPerQuery",
    "RequesterPaysEnabled",
    "EngineVersion",
}
_DEFAULTS = {
    "ResultConfiguration": {},
    "EnforceWorkGroupConfiguration": True,
    "PublishCloudWatchMetricsEnabled": False,
    "RequesterPaysEnabled": False,
}


class WorkGroups:
    """The actions on workgroups, and the settings that a query runs by."""

    def __init__(self, records: AthenaRecords):
        self._records = records
        if records.get("workgroup", PRIMARY) is None:
            self._keep({"Name": PRIMARY}, {**_DEFAULTS, "EnforceWorkGroupConfiguration": False})

    def create(self, payload: dict[str, Any]) -> dict[str, Any]:
        """CreateWorkGroup."""
        if self._records.get("workgroup", payload["Name"]) is not None:
            raise AwsError("InvalidRequestException", "WorkGroup is already created")
        self._keep(payload, {**_DEFAULTS, **_checked(payload.get("Configuration", {}))})
        return {}

    def get(self, payload: dict[str, Any]) -> dict[str, Any]:
        """GetWorkGroup."""
        return {"WorkGroup": self.find(payload["WorkGroup"])}

    def list(self, payload: dict[str, Any]) -> dict[str, Any]:
        """ListWorkGroups."""
        listed, token = page(self._records.items("workgroup"), lambda one: one["Name"], payload, MOST)
        fields = ("Name", "State", "Description", "CreationTime")
        return {
            "WorkGroups": [{key: one[key] for key in fields} | {"EngineVersion": ENGINE} for one in listed],
            **token,
        }

    def update(self, payload: dict[str, Any]) -> dict[str, Any]:
        """UpdateWorkGroup."""
        group = self.find(payload["WorkGroup"])
        changes = dict(payload.get("ConfigurationUpdates", {}))
        configuration = group["Configuration"]
        result = dict(changes.pop("ResultConfigurationUpdates", {}))
        location = {} if result.pop("RemoveOutputLocation", False) else configuration["ResultConfiguration"]
        unknown = sorted(set(result) - {"OutputLocation"})
        if unknown:
            raise not_supported("athena", f"UpdateWorkGroup with {unknown[0]}")
        if changes.pop("RemoveBytesScannedCutoffPerQuery", False):
            configuration.pop("BytesScannedCutoffPerQuery", None)
        configuration |= _checked(changes) | {"ResultConfiguration": {**location, **result}}
        fields = {key: payload.get(key, group[key]) for key in ("Description", "State")}
        self._keep({"Name": group["Name"], **fields}, configuration, group["CreationTime"])
        return {}

    def delete(self, payload: dict[str, Any]) -> dict[str, Any]:
        """DeleteWorkGroup, with its prepared statements and named queries where that is asked."""
        name = payload["WorkGroup"]
        self.find(name)
        if name == PRIMARY:
            raise AwsError("InvalidRequestException", "The primary workgroup cannot be deleted")
        held = self._records.items("prepared", name)
        named = [one for one in self._records.items("named") if one["WorkGroup"] == name]
        if (held or named) and not payload.get("RecursiveDeleteOption"):
            raise AwsError("InvalidRequestException", f"WorkGroup {name} is not empty")
        for one in held:
            self._records.delete("prepared", name, one["StatementName"])
        for one in named:
            self._records.delete("named", one["NamedQueryId"])
        self._records.delete("workgroup", name)
        return {}

    def find(self, name: str | None) -> dict[str, Any]:
        """Give a workgroup as GetWorkGroup does.

        Raises
        ------
        AwsError
            As Athena answers for a name that it does not know.
        """
        group = self._records.get("workgroup", name or PRIMARY)
        if group is None:
            raise AwsError("InvalidRequestException", "WorkGroup is not found.")
        return {**group, "Configuration": {**group["Configuration"], "EngineVersion": ENGINE}}

    def output_location(self, name: str | None, asked: str) -> str:
        """Where a query's results go: what the request asks, unless its workgroup has settings that override it."""
        group = self.find(name)
        if group["State"] != "ENABLED":
            raise AwsError("InvalidRequestException", f"WorkGroup {group['Name']} is disabled.")
        configuration = group["Configuration"]
        own = configuration["ResultConfiguration"].get("OutputLocation", "")
        return own if own and (configuration["EnforceWorkGroupConfiguration"] or not asked) else asked

    def cutoff(self, name: str | None) -> int | None:
        """How many bytes a query may scan."""
        return self.find(name)["Configuration"].get("BytesScannedCutoffPerQuery")

    def _keep(self, fields: dict[str, Any], configuration: dict[str, Any], created: float | None = None) -> None:
        document = {
            "Name": fields["Name"],
            "State": fields.get("State", "ENABLED"),
            "Description": fields.get("Description", ""),
            "CreationTime": created or time.time(),
            "Configuration": {key: value for key, value in configuration.items() if key != "EngineVersion"},
        }
        self._records.put("workgroup", fields["Name"], document=document)


def _checked(configuration: dict[str, Any]) -> dict[str, Any]:
    """Refuse settings that would be without effect, by name."""
    unknown = sorted(set(configuration) - KNOWN)
    unknown += sorted(set(configuration.get("ResultConfiguration", {})) - {"OutputLocation"})
    if unknown:
        raise not_supported("athena", f"a workgroup with {unknown[0]}")
    version = configuration.get("EngineVersion", {}).get("SelectedEngineVersion", "AUTO")
    if version not in {"AUTO", ENGINE["EffectiveEngineVersion"]}:
        raise not_supported("athena", f"a workgroup with {version}")
    if configuration.get("BytesScannedCutoffPerQuery", LEAST_CUTOFF) < LEAST_CUTOFF:
        raise AwsError("InvalidRequestException", f"BytesScannedCutoffPerQuery must be at least {LEAST_CUTOFF}")
    return {key: value for key, value in configuration.items() if key != "EngineVersion"}

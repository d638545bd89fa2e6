"""Secrets Manager, kept in the lake (AWS Secrets Manager API Reference)."""

import re
import secrets
import time
import uuid
from typing import Any

from local_aws.endpoint.service import StoredService, changes, reads
from local_aws.errors import AwsError
from local_aws.lake import Lake
from local_aws.paging import page
from local_aws.profile import ACCOUNT, REGION
from local_aws.store import Store

_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}")
_DAY = 24 * 3600
_CURRENT, _PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"


def _create(store: Store, payload: dict[str, Any]) -> dict[str, Any]:
    name, now = payload["Name"], int(time.time())
    if not _NAME.fullmatch(name):
        raise AwsError(
            "ValidationException",
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        )
    held = store.get((name,))
    if held and held["deleted_date"]:
        raise AwsError(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
        )
    if held and payload.get("ClientRequestToken") not in held["versions"]:
        raise AwsError("ResourceExistsException", f"The operation failed because the secret {name} already exists.")
    new = {
        "arn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-{secrets.token_hex(3)}",
        "description": payload.get("Description"),
        "tags": payload.get("Tags"),
        "created_date": now,
        "deleted_date": None,
        "versions": {},
    }
    return _change(store, name, held or new, payload)


def _put(store: Store, payload: dict[str, Any]) -> dict[str, Any]:
    if "SecretString" not in payload:
        raise AwsError("InvalidRequestException", "You must provide either SecretString or SecretBinary.")
    name, secret = _live(store, payload)
    answer = _change(store, name, secret, payload)
    return answer | {"VersionStages": secret["versions"][answer["VersionId"]]["version_stages"]}


def _change(store: Store, name: str, secret: dict[str, Any], payload: dict[str, Any]) -> dict[str, Any]:
    """Keep a secret, with a new version where there is a value."""
    answer = {"ARN": secret["arn"], "Name": name}
    secret["last_changed_date"] = int(time.time())
    if "SecretString" in payload:
        answer["VersionId"] = payload.get("ClientRequestToken") or str(uuid.uuid4())
        _add_version(secret, answer["VersionId"], payload["SecretString"])
    store.put((name,), secret)
    return answer


def _add_version(secret: dict[str, Any], identity: str, value: str) -> None:
    """Add the current version; the current one before becomes the previous one."""
    versions = secret["versions"]
    if held := versions.get(identity):
        if held["secret_string"] != value:
            raise AwsError(
                "ResourceExistsException",
                f"You can't use ClientRequestToken {identity} because that value is already in use for a version of "
                f"secret {secret['arn']}.",
            )
        return
    for version in versions.values():
        version["version_stages"] = [_PREVIOUS] if _CURRENT in version["version_stages"] else []
    now = int(time.time())
    new = {"createdate": now, "version_id": identity, "version_stages": [_CURRENT], "secret_string": value}
    versions[identity] = new


def _get(store: Store, payload: dict[str, Any]) -> dict[str, Any]:
    name, secret = _live(store, payload)
    identity, stage = payload.get("VersionId"), payload.get("VersionStage")
    wanted = stage or _CURRENT
    for version in secret["versions"].values():
        if identity == version["version_id"] and stage and stage not in version["version_stages"]:
            raise AwsError(
                "InvalidRequestException",
                "You provided a VersionStage that is not associated to the provided VersionId.",
            )
        if version["version_id"] == identity or (not identity and wanted in version["version_stages"]):
            return {
                "ARN": secret["arn"],
                "Name": name,
                "VersionId": version["version_id"],
                "VersionStages": version["version_stages"],
                "CreatedDate": version["createdate"],
                "SecretString": version["secret_string"],
            }
    sought = f"VersionId: {identity}" if identity else f"staging label: {wanted}"
    raise AwsError("ResourceNotFoundException", f"Secrets Manager can't find the specified secret value for {sought}")


def _describe(store: Store, payload: dict[str, Any]) -> dict[str, Any]:
    return _details(*_find(store, payload), stages="VersionIdsToStages")


def _list(store: Store, payload: dict[str, Any]) -> dict[str, Any]:
    planned = payload.get("IncludePlannedDeletion", False)
    held = [(name, secret) for (name,), secret in store.items() if secret and (planned or not secret["deleted_date"])]
    shown, token = page(held, lambda entry: entry[0], payload)
    return {"SecretList": [_details(*entry, stages="SecretVersionsToStages") for entry in shown], **token}


def _delete(store: Store, payload: dict[str, Any]) -> dict[str, Any]:
    days, forced = payload.get("RecoveryWindowInDays"), payload.get("ForceDeleteWithoutRecovery", False)
    if days is not None and forced:
        message = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays."
        raise AwsError("InvalidParameterException", message)
    if days is not None and not 7 <= days <= 30:
        message = "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."
        raise AwsError("InvalidParameterException", message)
    name, secret = _find(store, payload) if forced else _live(store, payload)
    date = time.time() + (0 if forced else (days or 30) * _DAY)
    if forced:
        store.delete((name,))
    else:
        store.put((name,), secret | {"deleted_date": date})
    return {"ARN": secret["arn"], "Name": name, "DeletionDate": date}


def _find(store: Store, payload: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The secret that a request names: by its name, or its ARN with or without the six characters at its end."""
    wanted = payload["SecretId"]
    for (name,), secret in store.items():
        if secret and wanted in (name, secret["arn"], secret["arn"].rpartition("-")[0]):
            return name, secret
    raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")


def _live(store: Store, payload: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name, secret = _find(store, payload)
    if secret["deleted_date"]:
        message = "You can't perform this operation on the secret because it was marked for deletion."
        raise AwsError("InvalidRequestException", message)
    return name, secret


def _details(name: str, secret: dict[str, Any], stages: str) -> dict[str, Any]:
    answer = {
        "ARN": secret["arn"],
        "Name": name,
        "Description": secret["description"] or None,
        "Tags": secret["tags"] or None,
        "CreatedDate": secret["created_date"],
        "LastChangedDate": secret["last_changed_date"],
        "DeletedDate": secret["deleted_date"],
        stages: {version: held["version_stages"] for version, held in secret["versions"].items()} or None,
    }
    return {part: value for part, value in answer.items() if value is not None}


_ANSWERERS = {
    "CreateSecret": changes(_create, "Name", "Description", "SecretString", "Tags", "ClientRequestToken"),
    "PutSecretValue": changes(_put, "SecretId", "SecretString", "ClientRequestToken"),
    "GetSecretValue": reads(_get, "SecretId", "VersionId", "VersionStage"),
    "DescribeSecret": reads(_describe, "SecretId"),
    "ListSecrets": reads(_list, "IncludePlannedDeletion", "MaxResults", "NextToken"),
    "DeleteSecret": changes(_delete, "SecretId", "RecoveryWindowInDays", "ForceDeleteWithoutRecovery"),
}


class Secrets(StoredService):
    """Secrets Manager as a service, kept in ``secrets.sqlite``, readable by its owner alone."""

    def __init__(self, lake: Lake):
        super().__init__("secretsmanager", Store(lake, "secrets.sqlite"), _ANSWERERS)

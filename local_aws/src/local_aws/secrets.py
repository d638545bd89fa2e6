"""Secrets Manager, over moto's backend, kept in the lake."""

import json
import re
import threading
import uuid
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend

from local_aws.errors import AwsError, not_supported
from local_aws.lake import Lake
from local_aws.paging import page
from local_aws.profile import ACCOUNT, REGION
from local_aws.store import Store

_PARAMETERS = {
    "CreateSecret": {"Name", "Description", "SecretString", "SecretBinary", "Tags", "ClientRequestToken"},
    "UpdateSecret": {"SecretId", "Description", "SecretString", "SecretBinary", "ClientRequestToken"},
    "PutSecretValue": {"SecretId", "SecretString", "SecretBinary", "VersionStages", "ClientRequestToken"},
    "GetSecretValue": {"SecretId", "VersionId", "VersionStage"},
    "DescribeSecret": {"SecretId"},
    "ListSecrets": {"IncludePlannedDeletion", "MaxResults", "NextToken"},
    "DeleteSecret": {"SecretId", "RecoveryWindowInDays", "ForceDeleteWithoutRecovery"},
}
_NAME = re.compile(r"[A-Za-z0-9/_+=.@!-]{1,512}")
_READS = frozenset({"GetSecretValue", "DescribeSecret", "ListSecrets"})
_SAVED = (
    "arn",
    "description",
    "tags",
    "created_date",
    "last_changed_date",
    "deleted_date",
    "versions",
    "default_version_id",
)


class Secrets:
    """Secrets Manager as a service.

    Parameters
    ----------
    lake : Lake
        Where ``secrets.sqlite`` stands, readable by its owner alone.
    """

    def __init__(self, lake: Lake):
        self._store = Store(lake, "secrets.sqlite")
        self._lock = threading.Lock()
        self._backend = self._load()

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer one action of Secrets Manager.

        Raises
        ------
        AwsError
            With AWS's code and message; not supported, by name, for other actions and parameters.
        """
        if action not in _PARAMETERS:
            raise not_supported("secretsmanager", action)
        for name in payload.keys() - _PARAMETERS[action]:
            raise not_supported("secretsmanager", f"{action} with {name}")
        with self._lock:
            try:
                return self._answer(action, payload) if action in _READS else self._change(action, payload)
            except JsonRESTError as error:  # what moto refuses
                raise AwsError(error.error_type, " ".join(error.message.split())) from error

    def _change(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        try:
            with self._store.transaction():
                answer = self._answer(action, payload)
                self._save(answer["Name"])
        except BaseException:
            self._backend = self._load()
            raise
        return answer

    def _answer(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        return _ANSWERERS[action](self._backend, payload)

    def _save(self, name: str) -> None:
        held = self._backend.secrets.get(name)
        document = {} if held is None else {attribute: getattr(held, attribute) for attribute in _SAVED}
        self._store.put((name,), document)

    def _load(self) -> SecretsManagerBackend:
        backend = SecretsManagerBackend(REGION, ACCOUNT)
        for (name,), document in self._store.items():
            if document:
                secret = FakeSecret(ACCOUNT, REGION, name, secret_version={}, version_id="")
                for attribute in _SAVED:
                    setattr(secret, attribute, document[attribute])
                backend.secrets[name] = secret
        return backend


def _create(backend: SecretsManagerBackend, payload: dict[str, Any]) -> dict[str, Any]:
    name = payload["Name"]
    if not _NAME.fullmatch(name):
        raise AwsError(
            "ValidationException",
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        )
    held = backend.secrets.get(name)
    if held is not None and held.is_deleted():
        raise AwsError(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
        )
    answer = backend.create_secret(
        name=name,
        description=payload.get("Description", ""),
        tags=payload.get("Tags", []),
        kms_key_id=None,
        replica_regions=[],
        force_overwrite=False,
        **_value(payload),
    )
    return json.loads(answer)


def _update(backend: SecretsManagerBackend, payload: dict[str, Any]) -> dict[str, Any]:
    answer = backend.update_secret(payload["SecretId"], description=payload.get("Description"), **_value(payload))
    return json.loads(answer)


def _put(backend: SecretsManagerBackend, payload: dict[str, Any]) -> dict[str, Any]:
    value = _value(payload)
    if value["secret_string"] is None and value["secret_binary"] is None:
        raise AwsError("InvalidRequestException", "You must provide either SecretString or SecretBinary.")
    stages = payload.get("VersionStages", ["AWSCURRENT"])
    return json.loads(backend.put_secret_value(payload["SecretId"], version_stages=stages, **value))


def _value(payload: dict[str, Any]) -> dict[str, str | None]:
    if "SecretString" in payload and "SecretBinary" in payload:
        raise AwsError("InvalidParameterException", "You can't specify both SecretString and SecretBinary.")
    return {
        "secret_string": payload.get("SecretString"),
        "secret_binary": payload.get("SecretBinary"),
        # AWS's SDKs always send one; moto takes its absence on an existing secret for an attempt to create it again.
        "client_request_token": payload.get("ClientRequestToken") or str(uuid.uuid4()),
    }


def _get(backend: SecretsManagerBackend, payload: dict[str, Any]) -> dict[str, Any]:
    return backend.get_secret_value(payload["SecretId"], payload.get("VersionId"), payload.get("VersionStage"))


def _describe(backend: SecretsManagerBackend, payload: dict[str, Any]) -> dict[str, Any]:
    return _details(backend.describe_secret(payload["SecretId"]), without="SecretVersionsToStages")


def _list(backend: SecretsManagerBackend, payload: dict[str, Any]) -> dict[str, Any]:
    planned = payload.get("IncludePlannedDeletion", False)
    held = [secret for secret in dict.values(backend.secrets) if planned or not secret.is_deleted()]
    shown, token = page(held, lambda secret: secret.name, payload)
    return {"SecretList": [_details(secret, without="VersionIdsToStages") for secret in shown], **token}


def _delete(backend: SecretsManagerBackend, payload: dict[str, Any]) -> dict[str, Any]:
    arn, name, date = backend.delete_secret(
        payload["SecretId"], payload.get("RecoveryWindowInDays"), payload.get("ForceDeleteWithoutRecovery", False)
    )
    return {"ARN": arn, "Name": name, "DeletionDate": date}


def _details(secret: FakeSecret, without: str) -> dict[str, Any]:
    return {name: value for name, value in secret.to_dict().items() if value is not None and name != without}


_ANSWERERS = {
    "CreateSecret": _create,
    "UpdateSecret": _update,
    "PutSecretValue": _put,
    "GetSecretValue": _get,
    "DescribeSecret": _describe,
    "ListSecrets": _list,
    "DeleteSecret": _delete,
}

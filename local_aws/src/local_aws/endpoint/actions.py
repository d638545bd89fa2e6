"""Which IAM actions a request needs, and on which resources: one function, `needed_permissions`.

Sources: Service Authorization Reference, "Actions, resources, and condition keys for" Amazon S3, AWS Glue, Amazon
Athena and AWS Secrets Manager; Amazon S3 User Guide, "Required permissions for Amazon S3 API operations".
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from local_aws.endpoint.signature import RawRequest
from local_aws.profile import ACCOUNT, REGION


@dataclass(frozen=True)
class Permission:
    """What a request needs: an action such as ``s3:GetObject``, and the ARN of what it is about."""

    action: str
    resource: str
    context: dict[str, str] = field(default_factory=dict, compare=False)
    """Condition keys of the request, such as ``s3:prefix``."""


_BUCKET_ACTIONS = {
    ("GET", "versions"): "ListBucketVersions",
    ("GET", "uploads"): "ListBucketMultipartUploads",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "versioning"): "GetBucketVersioning",
    ("PUT", "versioning"): "PutBucketVersioning",
    ("GET", "encryption"): "GetEncryptionConfiguration",
    ("PUT", "encryption"): "PutEncryptionConfiguration",
    ("GET", ""): "ListBucket",
    ("HEAD", ""): "ListBucket",
    ("PUT", ""): "CreateBucket",
    ("DELETE", ""): "DeleteBucket",
}
_OBJECT_ACTIONS = {
    ("GET", "tagging"): "GetObjectTagging",
    ("GET", "uploadId"): "ListMultipartUploadParts",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("GET", "versionId"): "GetObjectVersion",
    ("HEAD", "versionId"): "GetObjectVersion",
    ("DELETE", "versionId"): "DeleteObjectVersion",
    ("GET", ""): "GetObject",
    ("HEAD", ""): "GetObject",
    ("DELETE", ""): "DeleteObject",
    ("PUT", ""): "PutObject",
    ("POST", ""): "PutObject",
}
"""Method and query parameter -> S3's action; the parts of an upload are put as any object is."""


def needed_permissions(service: str, raw: RawRequest, action: str, payload: dict[str, Any]) -> list[Permission]:
    """The permissions that a request needs, all of them; of an S3 request ``action`` and ``payload`` are empty.

    Those of the keys in S3's DeleteObjects are asked for key by key (`delete_permission`), as S3 does.
    """
    if service == "s3":
        return _of_s3(raw)
    needed = [Permission(f"{service}:{action}", resource) for resource in resources_of(service, payload)]
    if action == "CreateSession":
        needed.append(
            Permission("iam:PassRole", payload.get("Role", ""), {"iam:PassedToService": "glue.amazonaws.com"})
        )
        needed += [Permission("glue:TagResource", needed[0].resource)] if payload.get("Tags") else []
    return needed


def resources_of(service: str, payload: dict[str, Any]) -> list[str]:
    """The ARNs that a request to a service of AWS JSON is about."""
    return _RESOURCES[service](payload)


def delete_permission(bucket: str, key: str, version: str | None) -> Permission:
    """What DeleteObjects needs for one of its keys."""
    return _object_permission("DeleteObjectVersion" if version else "DeleteObject", f"{bucket}/{key}")


def bucket_and_key(raw: RawRequest) -> tuple[str, str]:
    """What a path-style S3 request is about; empty where it is about the level above."""
    bucket, _, key = unquote(raw.path).removeprefix("/").partition("/")
    return bucket, key


def is_delete_objects(raw: RawRequest) -> bool:
    """Whether it is S3's DeleteObjects."""
    return raw.method == "POST" and not bucket_and_key(raw)[1] and "delete" in dict(raw.parameters)


def _of_s3(raw: RawRequest) -> list[Permission]:
    bucket, key = bucket_and_key(raw)
    if not bucket:
        return [Permission("s3:ListAllMyBuckets", "arn:aws:s3:::*")]
    if is_delete_objects(raw):
        return []
    named = dict(raw.parameters)
    actions = _OBJECT_ACTIONS if key else _BUCKET_ACTIONS
    action = next(
        (act for (method, sub), act in actions.items() if method == raw.method and (not sub or sub in named)), ""
    )
    context = {"s3:prefix": unquote(named.get("prefix", ""))} if action.startswith("ListBucket") else {}
    path = f"{bucket}/{key}" if key else bucket
    needed = [Permission(f"s3:{action}", f"arn:aws:s3:::{path}", context)] if action else []
    if raw.method == "PUT" and (source := raw.headers.get("x-amz-copy-source")):
        path, _, version = unquote(source).removeprefix("/").partition("?versionId=")
        needed.insert(0, _object_permission("GetObjectVersion" if version else "GetObject", path))
    return needed


def _object_permission(action: str, path: str) -> Permission:
    return Permission(f"s3:{action}", f"arn:aws:s3:::{path}")


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def _of_glue(payload: dict[str, Any]) -> list[str]:
    """A session; or the catalog, and the database and the table in it, which an action needs beside the catalog.

    Source: AWS Glue Developer Guide, "Specifying AWS Glue resource ARNs".
    """
    if "ResourceArn" in payload:
        return [payload["ResourceArn"]]
    session = payload.get("SessionId", payload.get("Id"))
    if session is not None and "DatabaseName" not in payload:
        return [_arn("glue", f"session/{payload.get('SessionId', payload.get('Id'))}")]
    input_of = {name: payload.get(name, {}).get("Name") for name in ("DatabaseInput", "TableInput")}
    database = payload.get("DatabaseName") or input_of["DatabaseInput"] or payload.get("Name")
    table = (
        payload.get("TableName") or input_of["TableInput"] or (payload.get("Name") if "DatabaseName" in payload else "")
    )
    resources = ["catalog"]
    resources += [f"database/{database.lower()}"] if database else []
    resources += [f"table/{database.lower()}/{table.lower()}"] if table else []
    resources += [f"table/{database.lower()}/{name.lower()}" for name in payload.get("TablesToDelete", ())]
    return [_arn("glue", resource) for resource in resources]


def _of_athena(payload: dict[str, Any]) -> list[str]:
    if catalog := payload.get("CatalogName"):
        return [_arn("athena", f"datacatalog/{catalog}")]
    return [_arn("athena", f"workgroup/{payload.get('WorkGroup', 'primary')}")]


def _of_secretsmanager(payload: dict[str, Any]) -> list[str]:
    secret = payload.get("SecretId", payload.get("Name"))
    if secret is None:
        return ["*"]
    return [secret if secret.startswith("arn:") else _arn("secretsmanager", f"secret:{secret}")]


_RESOURCES = {"glue": _of_glue, "athena": _of_athena, "secretsmanager": _of_secretsmanager}

"""Which IAM actions a request to a JSON service needs, and on which resources; S3 asks for its own.

Source: Service Authorization Reference, "Actions, resources, and condition keys for" AWS Glue, Amazon Athena and AWS
Secrets Manager.
"""

from dataclasses import dataclass, field
from typing import Any

from local_aws.profile import ACCOUNT, REGION


@dataclass(frozen=True)
class Permission:
    """What a request needs: an action such as ``s3:GetObject``, and the ARN of what it is about."""

    action: str
    resource: str
    context: dict[str, str] = field(default_factory=dict, compare=False)
    """Condition keys of the request, such as ``s3:prefix``."""


def needed_permissions(service: str, action: str, payload: dict[str, Any]) -> list[Permission]:
    """The permissions that a request to a service of AWS JSON needs, all of them."""
    needed = [Permission(f"{service}:{action}", resource) for resource in _RESOURCES[service](payload)]
    if action == "CreateSession":
        needed.append(
            Permission("iam:PassRole", payload.get("Role", ""), {"iam:PassedToService": "glue.amazonaws.com"})
        )
        needed += [Permission("glue:TagResource", needed[0].resource)] if payload.get("Tags") else []
    return needed


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
        return [_arn("glue", f"session/{session}")]
    input_of = {name: payload.get(name, {}).get("Name") for name in ("DatabaseInput", "TableInput")}
    database = payload.get("DatabaseName") or input_of["DatabaseInput"] or payload.get("Name")
    table = (
        payload.get("TableName") or input_of["TableInput"] or (payload.get("Name") if "DatabaseName" in payload else "")
    )
    resources = ["catalog"]
    resources += [f"database/{database.lower()}"] if database else []
    resources += [f"table/{database.lower()}/{table.lower()}"] if table else []
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

"""IAM policy documents, as far as a lakehouse's are written: whether they allow a request.

Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements reference".
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from local_aws.endpoint.actions import Permission

Document = Mapping[str, Any]

_OPERATORS = {
    "StringEquals": lambda found, wanted: found == wanted,
    "StringLike": fnmatchcase,
    "ArnEquals": fnmatchcase,
    "ArnLike": fnmatchcase,
}
_ELEMENTS = {"Sid", "Effect", "Action", "Resource", "Condition"}


class PolicyNotUnderstood(Exception):
    """A policy has something that is not evaluated here; it is never taken for allowed or denied."""


def check_document(document: Document) -> None:
    """Refuse a policy of which a part would not be heeded; raises `PolicyNotUnderstood` naming the part."""
    for statement in _listed(document["Statement"]):
        if unknown := set(statement) - _ELEMENTS:
            raise PolicyNotUnderstood(f"policies with {', '.join(sorted(unknown))} are not evaluated here")
        for operator in statement.get("Condition", {}):
            if operator not in _OPERATORS:
                raise PolicyNotUnderstood(f"the condition {operator} is not evaluated here")


def allows(document: Document, permission: Permission) -> bool:
    """Whether a policy allows what a request needs: by an Allow that fits, and no Deny that fits."""
    fitting = [one["Effect"] for one in _listed(document["Statement"]) if _fits(one, permission)]
    return "Allow" in fitting and "Deny" not in fitting


def _fits(statement: Mapping[str, Any], permission: Permission) -> bool:
    """Actions are compared without case, resources with it."""
    # A secret's own ARN ends in six characters that nobody can know beforehand.
    names = [permission.resource, *([f"{permission.resource}-aBcDeF"] if ":secret:" in permission.resource else [])]
    return (
        any(fnmatchcase(permission.action.lower(), action.lower()) for action in _listed(statement["Action"]))
        and any(fnmatchcase(name, resource) for resource in _listed(statement["Resource"]) for name in names)
        and all(
            _holds(_OPERATORS[operator], permission.context.get(key), values)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _holds(compare: Any, found: str | None, wanted: Any) -> bool:
    """A condition on a key that the request has not is not met."""
    return found is not None and any(compare(found, value) for value in _listed(wanted))


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (list, tuple)) else [value]

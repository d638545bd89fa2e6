"""The IAM policies of ``infra/stack.yaml``, filled in: what the local AWS and the tests hold calls against."""

import re
from pathlib import Path

import yaml

STACK = Path(__file__).resolve().parents[2] / "infra" / "stack.yaml"
ACCOUNT, REGION, STACK_NAME = "123456789012", "us-east-1", "stedi"
SESSION, RUNNER, SCIENTIST = "SessionRole", "RunnerRole", "ScientistPolicy"


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as the long ones: ``!Ref x`` as ``{"Ref": "x"}``."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: text.split(".", 1) if tag == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _long_form)


def read_stack() -> dict:
    """The template, with the long forms of its functions."""
    return yaml.load(STACK.read_text("utf-8"), _Loader)  # noqa: S506 - a safe loader, with CloudFormation's tags


def policy_documents(
    bucket: str = "stedi-lakehouse",
    database: str = "stedi",
    secret: str = "stedi/participant-key",
    **more: str,
) -> dict[str, dict]:
    """The identity policies by the name of their resource, as IAM would see them.

    Parameters
    ----------
    bucket, database, secret : str
        The names that a stack would be given.
    more : str
        Further parameters of the template, such as ``UseStudio="true"``.

    Returns
    -------
    dict of str to dict
        ``SessionRole``, ``RunnerRole`` and ``ScientistPolicy``, each one policy document with the statements of all
        its policies, for account 123456789012 in us-east-1.
    """
    template = read_stack()
    resources = template["Resources"]
    given = {"BucketName": bucket, "DatabaseName": database, "SecretName": secret, **more}
    values = {name: str(one.get("Default", "")) for name, one in template["Parameters"].items()} | given
    statements = {name: _statements(resources, name) for name in (SESSION, RUNNER, SCIENTIST)}
    if values["UseStudio"] == "true":
        statements[SESSION] = statements[SESSION] + _of(resources["StudioPolicy"])
    return {
        name: {"Version": "2012-10-17", "Statement": [_fill(one, values) for one in found]}
        for name, found in statements.items()
    }


def role_arns() -> dict[str, str]:
    """The roles' ARNs, as in the documents of `policy_documents`."""
    return {name: _arn(name) for name in (SESSION, RUNNER)}


def bucket_policy(bucket: str = "stedi-lakehouse") -> dict:
    """The policy of the bucket, filled in."""
    return _fill(read_stack()["Resources"]["LakeBucketPolicy"]["Properties"]["PolicyDocument"], {"BucketName": bucket})


def _statements(resources: dict, name: str) -> list[dict]:
    """Those of a role's inline policies and of the managed policies that it names, or of a managed policy."""
    properties = resources[name]["Properties"]
    if "PolicyDocument" in properties:
        return _of(resources[name])
    found = [one for policy in properties["Policies"] for one in policy["PolicyDocument"]["Statement"]]
    for managed in properties.get("ManagedPolicyArns", []):
        found += _of(resources[managed["Ref"]])
    return found


def _of(policy: dict) -> list[dict]:
    return policy["Properties"]["PolicyDocument"]["Statement"]


def _fill(value: object, values: dict[str, str]) -> object:
    """A part of the template with its functions done."""
    if isinstance(value, list):
        return [_fill(one, values) for one in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return _named(value["Ref"], values)
    if "Fn::GetAtt" in value:
        return _arn(value["Fn::GetAtt"][0])
    if "Fn::Sub" in value:
        return re.sub(r"\$\{([^}]+)\}", lambda found: _named(found[1], values), value["Fn::Sub"])
    return {key: _fill(one, values) for key, one in value.items()}


def _named(name: str, values: dict[str, str]) -> str:
    pseudo = {"AccountId": ACCOUNT, "Region": REGION, "Partition": "aws", "StackName": STACK_NAME}
    return pseudo[name.removeprefix("AWS::")] if name.startswith("AWS::") else values[name]


def _arn(role: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{STACK_NAME}-{role}"

"""``infra/stack.yaml``, as it is sent to CloudFormation and as data."""

import re
from functools import cache

import yaml

from runner.paths import PROJECT

NAME = "stedi"
"""The stack's name, where none is given."""
STACK = PROJECT / "infra" / "stack.yaml"


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as the long ones: ``!Ref x`` as ``{"Ref": "x"}``."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: text.split(".", 1) if tag == "GetAtt" else text}
    return {name: loader.construct_sequence(node, deep=True)}


_Loader.add_multi_constructor("!", _long_form)


def stack_text() -> str:
    """The template without its whole-line comments, which count towards CloudFormation's 51,200 bytes."""
    return re.sub(r"(?m)^\s*#.*\n", "", STACK.read_text("utf-8"))


@cache
def read_stack() -> dict:
    """The template, with the long forms of its functions; not to be changed."""
    return yaml.load(STACK.read_text("utf-8"), _Loader)  # noqa: S506 - a safe loader, with CloudFormation's tags


def statements_of(name: str) -> list[dict]:
    """Those of a policy, or of a role's inline policies and of the managed policies that it names."""
    resources = read_stack()["Resources"]
    found = resources[name]["Properties"]
    policies = [found] if "PolicyDocument" in found else found.get("Policies", [])
    managed = [resources[one["Ref"]]["Properties"] for one in found.get("ManagedPolicyArns", [])]
    return [statement for one in [*policies, *managed] for statement in one["PolicyDocument"]["Statement"]]


def fill(value: object, values: dict[str, str]) -> object:
    """A part of the template with its functions done.

    ``values`` has the template's parameters, CloudFormation's own, such as ``AWS::AccountId``, and attributes, such as
    ``SessionRole.Arn``.
    """
    if isinstance(value, list):
        return [fill(one, values) for one in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return values[value["Ref"]]
    if "Fn::GetAtt" in value:
        return values[".".join(value["Fn::GetAtt"])]
    if "Fn::Sub" in value:
        return re.sub(r"\$\{([^}]+)\}", lambda found: values[found[1]], value["Fn::Sub"])
    return {key: fill(one, values) for key, one in value.items()}

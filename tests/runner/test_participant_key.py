"""The key of the participant ids is made once, by the first run, and never said."""

import re

import boto3
import pytest
from botocore.stub import Stubber

from runner.errors import StepFailed
from runner.privacy.participant_key import ensure_participant_key
from tests.erasing import publish


@pytest.fixture
def name(request, lake):
    """The name of a secret that is not there."""
    return f"keys/{request.node.name}"


def make(lake, name):
    said = []
    ensure_participant_key(name, lake.database, said.append)
    return said


def value(name):
    return boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]


def test_it_is_made_where_there_is_none(lake, name):
    (line,) = make(lake, name)
    assert re.fullmatch("[0-9a-f]{64}", value(name))
    assert name in line
    assert value(name) not in line


def test_it_is_made_once(lake, name):
    make(lake, name)
    before = value(name)
    assert make(lake, name) == []
    assert value(name) == before


def test_no_other_one_is_made_for_ids_that_there_are(lake, name):
    publish(lake, "machine_learning_curated", "r1", [{"participantId": "0" * 64}])
    assert make(lake, name) == []
    with pytest.raises(boto3.client("secretsmanager").exceptions.ResourceNotFoundException):
        value(name)


@pytest.mark.parametrize("action", ["DescribeSecret", "CreateSecret"])
def test_a_missing_permission_is_named(lake, name, action):
    client = boto3.client("secretsmanager")
    with Stubber(client) as stub:
        if action == "CreateSecret":
            stub.add_client_error("describe_secret", "ResourceNotFoundException")
        operation = "describe_secret" if action == "DescribeSecret" else "create_secret"
        stub.add_client_error(operation, "AccessDeniedException", f"not authorized: secretsmanager:{action}")
        with pytest.raises(StepFailed, match=f"lacks secretsmanager:{action} on the secret {re.escape(name)}"):
            make(lake, name)

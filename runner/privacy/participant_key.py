"""The secret that keys the participant ids: the first run of a lakehouse makes it."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import boto3
from botocore.exceptions import ClientError

from helpers.publishing.catalog import get_table
from runner.aws_errors import find, is_denied
from runner.errors import StepFailed, UserError

BYTES = 32
KEYED = "machine_learning_curated"
"""The table that is known by participant ids."""


def ensure_participant_key(name: str, database: str, say: Callable[[str], None]) -> None:
    """Make the secret where there is none and no table has ids yet (AWS Secrets Manager, "CreateSecret").

    Where a table has ids, another key would give everybody a new one without a word: the step that needs the key then
    says that it is missing.

    Raises
    ------
    StepFailed
        If the profile may not do so, naming the action that it lacks.
    """
    with _permitted("DescribeSecret", name):
        there = find("secretsmanager", "describe_secret", SecretId=name)
    if there or get_table(database, KEYED):
        return
    client = boto3.client("secretsmanager")
    with _permitted("CreateSecret", name):
        try:
            made = client.create_secret(
                Name=name, Description="Keys the participant ids.", SecretString=secrets.token_hex(BYTES)
            )
        except client.exceptions.ResourceExistsException:
            return  # somebody else was first
    say(f"Made the secret {made['Name']} in Secrets Manager, {BYTES} random bytes: the key of the participant ids.")


def has_secret(name: str) -> bool:
    """Whether there is such a secret; UserError where it is to be deleted."""
    found = find("secretsmanager", "describe_secret", SecretId=name)
    if found.get("DeletedDate"):
        fix = f"aws secretsmanager restore-secret --secret-id {name} keeps it, and with it every participant's id."
        raise UserError(f"The secret {name} is to be deleted: {fix}")
    return bool(found)


@contextmanager
def _permitted(action: str, name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if not is_denied(error):
            raise
        raise StepFailed(
            f"The profile lacks secretsmanager:{action} on the secret {name}: grant it, or have somebody else make "
            f"the secret and grant secretsmanager:DescribeSecret."
        ) from error

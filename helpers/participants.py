"""Participant ids: who a row belongs to, without saying who that is."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from helpers.errors import MissingSecret

if TYPE_CHECKING:  # Spark is a session's: who only computes an id need not have it
    from pyspark.sql import DataFrame


def read_participant_key(name: str) -> bytes:
    """Read the secret that keys the participant ids (AWS Secrets Manager, "GetSecretValue").

    Raises
    ------
    MissingSecret
        If there is no such secret, it may not be read, or it is shorter than 32 characters.
    """
    try:
        secret = boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    except ClientError as error:
        raise MissingSecret(
            f"The participant key {name!r} cannot be read ({error.response['Error']['Code']}): create it once, "
            f'aws secretsmanager create-secret --name {name} --secret-string "$(openssl rand -hex 32)"'
        ) from None
    if len(secret) < 32:
        raise MissingSecret(f"The participant key {name!r} is too short: it needs at least 32 random characters.")
    return secret.encode("utf-8")


def participant_id(email: str, key: bytes) -> str:
    """The id of one customer: HMAC-SHA-256 of the e-mail address (trimmed, in lower case), in hex."""
    return hmac.new(key, email.encode("utf-8"), hashlib.sha256).hexdigest()


def participant_ids(motion: DataFrame, key: bytes) -> DataFrame:
    """A keyed hash for each customer: HMAC-SHA-256 of the e-mail address, in hex.

    The key travels inside a function over the distinct customers. As a literal in an expression it would stand in the
    query plan, and so in event logs.

    Returns
    -------
    DataFrame
        Grain: one row a customer. ``user``, ``participantId`` (64 hex digits).
    """
    from pyspark.sql import functions as F

    keyed_hash = F.udf(lambda email: participant_id(email, key), "string")
    return motion.select("user").distinct().withColumn("participantId", keyed_hash("user"))

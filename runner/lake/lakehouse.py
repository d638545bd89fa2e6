"""Which lakehouse a command is about."""

import boto3
from botocore.exceptions import ClientError

from helpers.settings import Settings
from runner.errors import UserError


def read_lakehouse(bucket: str, database: str, participant_key: str = "stedi/participant-key") -> Settings:
    """The settings of a lakehouse that is there.

    Raises
    ------
    UserError
        If there is no such bucket, or it may not be used with this profile.
    BadParameter
        If a name does not fit.
    """
    settings = Settings(bucket=bucket, database=database, participant_key=participant_key)
    try:
        boto3.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("404", "NoSuchBucket"):
            raise UserError(f"There is no bucket {bucket}: `stedi run` makes it, --bucket names another.") from error
        raise UserError(f"The bucket {bucket} cannot be used with this profile ({code}).") from error
    return settings


def require_database(database: str) -> None:
    """Refuse a database that is not there: in such a one every file of the bucket would seem to be nobody's."""
    try:
        boto3.client("glue").get_database(Name=database)
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityNotFoundException":
            raise
        raise UserError(f"There is no database {database}: `stedi run` makes it, --database names another.") from error

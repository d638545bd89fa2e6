"""Which lakehouse a command is about."""

from botocore.exceptions import ClientError

from helpers.publishing.catalog import find_tables
from helpers.settings import Settings
from runner.aws_errors import error_code, find
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
        if not find("s3", "head_bucket", Bucket=bucket):
            raise UserError(f"There is no bucket {bucket}: `stedi run` makes it, --bucket names another.")
    except ClientError as error:
        raise UserError(f"The bucket {bucket} cannot be used with this profile ({error_code(error)}).") from error
    return settings


def require_database(database: str) -> None:
    """Refuse a database that is not there: in such a one every file of the bucket would seem to be nobody's."""
    if not find("glue", "get_database", Name=database):
        raise UserError(f"There is no database {database}: `stedi run` makes it, --database names another.")


def has_own_database(name: str, bucket: str) -> bool:
    """Whether there is such a database; UserError where it has a table whose files are not in the bucket."""
    if not find("glue", "get_database", Name=name):
        return False
    for table in find_tables(name, ".*").values():
        place = table.get("StorageDescriptor", {}).get("Location") or f"s3://{bucket}/"
        if not place.startswith(f"s3://{bucket}/"):
            foreign = f"the table {table['Name']} of {place}, which is no lake's"
            raise UserError(f"The database {name} holds {foreign}: take it away, or name another with --database.")
    return True

"""PyAthena's Arrow cursor reads results where the AWS profile says.

pyarrow's S3 client knows no ``endpoint_url``, neither of a profile nor of the environment (apache/arrow#44119, #49643),
and PyAthena gives it none: under a profile with an endpoint of its own the Arrow cursor would ask Amazon's S3 instead.
"""

from typing import Any

import pyathena.arrow.cursor
from botocore.config import Config
from pyarrow import fs
from pyathena.arrow.result_set import AthenaArrowResultSet


class ProfileResultSet(AthenaArrowResultSet):
    """A result that is read through the S3 endpoint that is configured for the connection's session, if one is."""

    # PyAthena makes its client in a private method, and nowhere else can an endpoint be given.
    def _AthenaArrowResultSet__s3_file_system(self) -> fs.S3FileSystem:  # noqa: N802
        endpoint = configured_endpoint(self.connection.session)
        if endpoint is None:
            return super()._AthenaArrowResultSet__s3_file_system()
        credentials = self.connection.session.get_credentials().get_frozen_credentials()
        return fs.S3FileSystem(
            endpoint_override=endpoint,
            region=self.connection.session.region_name,
            access_key=credentials.access_key,
            secret_key=credentials.secret_key,
            session_token=credentials.token,
        )


def configured_endpoint(session: Any) -> str | None:
    """The S3 endpoint that a boto3 session's profile or environment names; None where it is Amazon's own."""
    found = session.client("s3").meta.endpoint_url
    own = session.client("s3", config=Config(ignore_configured_endpoint_urls=True)).meta.endpoint_url
    return None if found == own else found


def honour_profiles() -> None:
    """Let every Arrow cursor of this process, also those of SQLAlchemy, read results through `ProfileResultSet`."""
    pyathena.arrow.cursor.AthenaArrowResultSet = ProfileResultSet

"""One request, as the operations see it."""

from dataclasses import dataclass

from werkzeug import Request

from local_aws.s3.errors import invalid_argument
from local_aws.s3.keys import Address
from local_aws.s3.store import ObjectStore


@dataclass(frozen=True)
class Call:
    """A request with its target.

    Parameters
    ----------
    store : ObjectStore
        The lake's objects.
    request : werkzeug.Request
        Signature already verified.
    bucket, key : str
        From the path, decoded; empty where the request is about the level above.
    """

    store: ObjectStore
    request: Request
    bucket: str
    key: str

    @property
    def address(self) -> Address:
        """The object's place; raises for a bucket that is not there or a key that cannot be."""
        return self.store.address(self.bucket, self.key)

    def query(self, name: str) -> str | None:
        """A query parameter, None where it is not given."""
        return self.request.args.get(name)

    def number(self, name: str, default: int, highest: int) -> int:
        """A whole number of the query, capped at ``highest``.

        Raises
        ------
        S3Error
            ``InvalidArgument`` for what is none, or negative.
        """
        value = self.query(name)
        if not value:
            return default
        if not value.isdecimal() or int(value) > 2**31 - 1:
            message = f"Provided {name} not an integer or within integer range"
            raise invalid_argument(message, name, value)
        return min(int(value), highest)

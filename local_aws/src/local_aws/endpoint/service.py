"""What every service of the endpoint looks like from the front: actions in, plain dictionaries out."""

from typing import Any, Protocol


class Service(Protocol):
    """A service that speaks one of AWS's JSON protocols (Glue, Athena, Secrets Manager)."""

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer ``action`` (the last part of ``X-Amz-Target``) in the shapes of the AWS API.

        Timestamps in the answer are epoch seconds (float), as AWS JSON 1.1 has them.

        Raises
        ------
        AwsError
            With AWS's code and message; ``not_supported`` for an action that is not here.
        """
        ...

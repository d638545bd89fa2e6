"""The one way in which the endpoint refuses: an AWS error code, a message and an HTTP status."""


class AwsError(Exception):
    """An error that an AWS service answers with.

    Its ``code`` is AWS's, its ``message`` AWS's where it is known, else one that says what was found and what to do;
    ``status`` is the HTTP status that the service uses for this code.
    """

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def not_supported(service: str, action: str) -> AwsError:
    """The loud refusal of an API that this endpoint does not have, by name."""
    return AwsError(
        "NotImplementedException",
        f"The local AWS endpoint does not support {service}:{action}. Run this against an AWS account.",
        501,
    )

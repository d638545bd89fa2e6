"""STS, as far as clients ask it who they are (AWS STS API Reference, "GetCallerIdentity")."""

from urllib.parse import parse_qs

from werkzeug import Response

from local_aws.caller import present_caller
from local_aws.errors import AwsError, not_supported
from local_aws.profile import ACCOUNT

_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    "<Arn>{arn}</Arn><UserId>{user}</UserId><Account>{account}</Account>"
    "</GetCallerIdentityResult><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    "</GetCallerIdentityResponse>"
)


def answer_query(service: str, body: bytes, request_id: str) -> Response:
    """Answer a request in the query protocol: a form with ``Action`` and its parameters.

    All but STS's GetCallerIdentity is refused by name.
    """
    action = parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]
    if not action:
        raise AwsError("MissingAction", "The request is missing an action or a required parameter.")
    if (service, action) != ("sts", "GetCallerIdentity"):
        raise not_supported(service, action)
    caller = present_caller()
    text = _IDENTITY.format(arn=caller.arn, user=caller.user_id, account=ACCOUNT, request_id=request_id)
    return Response(text, content_type="text/xml")

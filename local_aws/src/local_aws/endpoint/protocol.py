"""The three dialects in which the services speak: S3's XML, the query protocol (STS, IAM) and AWS JSON.

Source: Smithy documentation, "AWS protocols" (awsQuery, awsJson1_1, restXml), for the shape of answers and errors.
"""

import json
from enum import Enum
from functools import cached_property
from typing import Any
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ServiceModel, StructureShape
from botocore.validate import ParamValidator
from werkzeug import Response

from local_aws.endpoint.signature import RawRequest
from local_aws.errors import AwsError, not_supported
from local_aws.s3.xml import error_response


class Dialect(Enum):
    """How a service reads requests and writes answers."""

    S3 = "s3"
    QUERY = "query"
    JSON = "json"


_KNOWN = {
    "s3": Dialect.S3,
    **dict.fromkeys(("sts", "iam"), Dialect.QUERY),
    **dict.fromkeys(("glue", "athena", "secretsmanager"), Dialect.JSON),
}


def dialect_of(request: RawRequest, service: str | None) -> Dialect:
    """The dialect of a service, guessed from the request's form where the service is not one of ours."""
    if service in _KNOWN:
        return _KNOWN[service]
    if "x-amz-target" in request.headers:
        return Dialect.JSON
    form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return Dialect.QUERY if form else Dialect.S3


def json_answer(document: dict[str, Any]) -> Response:
    """An answer of a JSON service."""
    return Response(json.dumps(document), content_type="application/x-amz-json-1.1")


def error_answer(error: AwsError, dialect: Dialect, path: str, request_id: str) -> Response:
    """An error in the words of its dialect, with the codes where each dialect's clients look for them."""
    if dialect is Dialect.JSON:
        body = json.dumps({"__type": error.code, "message": error.message})
        answer = Response(body, error.status, content_type="application/x-amz-json-1.1")
        answer.headers["x-amzn-errortype"] = error.code
        return answer
    if dialect is Dialect.S3:
        return error_response(error, path, request_id)
    fault = "Sender" if error.status < 500 else "Receiver"
    details = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse><Error><Type>{fault}</Type>{details}</Error>'
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    return Response(body, error.status, content_type="application/xml")


class JsonApi:
    """What the API of a JSON service looks like, from AWS's own model of it in botocore."""

    def __init__(self, service: str):
        self._service = service
        self._validator = ParamValidator()

    @cached_property
    def _model(self) -> ServiceModel:
        return ServiceModel(Loader().load_service_model(self._service, "service-2"), self._service)

    def read(self, target: str, body: bytes) -> tuple[str, dict[str, Any]]:
        """Read a request: its action and its checked payload.

        Raises
        ------
        AwsError
            ``UnknownOperationException`` for an action that AWS does not have, ``SerializationException`` for a body
            that is no JSON object, ``ValidationException`` for one that AWS's model of the action does not allow.
        """
        prefix, _, action = target.rpartition(".")
        if prefix != self._model.metadata["targetPrefix"] or action not in self._model.operation_names:
            raise AwsError("UnknownOperationException", f"{self._service} has no operation {target!r}.")
        try:
            payload = json.loads(body or b"{}")
        except ValueError as error:
            raise AwsError("SerializationException", f"The request body is no JSON: {error}.") from error
        if not isinstance(payload, dict):
            raise AwsError("SerializationException", "The request body is no JSON object.")
        payload = {name: value for name, value in payload.items() if value is not None}
        shape = self._model.operation_model(action).input_shape
        if shape is None and payload:
            raise not_supported(self._service, f"{action} with parameters")
        if shape is not None:
            self._check(payload, shape)
        return action, payload

    def _check(self, payload: dict[str, Any], shape: StructureShape) -> None:
        report = self._validator.validate(payload, shape)
        if report.has_errors():
            raise AwsError("ValidationException", report.generate_report())
        for name, value in payload.items():
            most = shape.members[name].metadata.get("max")  # botocore's validator looks only for what is too small
            if most is not None and isinstance(value, int) and value > most:
                raise AwsError(
                    "ValidationException", f"Invalid value for parameter {name}, value: {value}, max: {most}"
                )

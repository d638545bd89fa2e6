"""The front door: one WSGI application that checks every signature and hands the request to its service."""

import hashlib
import logging
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug import Request, Response
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import ClosingIterator

from local_aws.caller import called_by
from local_aws.endpoint.protocol import Dialect, JsonApi, dialect_of, error_answer, json_answer
from local_aws.endpoint.refusals import refusal_error
from local_aws.endpoint.services import Services
from local_aws.endpoint.signature import RawRequest, Reason, Signature, SignatureRefused, claimed_signature, verify
from local_aws.errors import AwsError, not_supported
from local_aws.profile import Credentials
from local_aws.sts import answer_query
from local_aws.unkind import Unkindness

log = logging.getLogger("local_aws")

CONTENT_SHA256 = "local_aws.content_sha256"
"""WSGI key of the body's SHA-256 that an S3 request is signed with; absent where the body is not signed as a whole.

S3 bodies are large, so the front does not read them: S3 compares the digest while it streams the body to a file.
"""

_CLOSE_SECONDS = 3.0
"""How long requests that are at work may take until the endpoint ends."""
_MAX_JSON_BODY = 32 * 1024 * 1024
_UNSIGNED_PAYLOADS = frozenset(
    {
        "UNSIGNED-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    }
)


class Application:
    """The endpoint as a WSGI application: every request is signed with the lake's credentials, or turned away."""

    def __init__(self, credentials: Credentials, services: Services, unkindness: Unkindness):
        self._principals = {"user": credentials, "session": credentials.of_session()}
        self._unkindness = unkindness
        self._services = services
        self._apis = {name: JsonApi(name) for name in services.names}
        self._closing = threading.Event()
        self._at_work = 0
        self._less_work = threading.Condition()

    def close(self) -> None:
        """Turn every further request away, end what the services have started, and let the others be answered."""
        self._closing.set()
        self._services.close()
        with self._less_work:
            self._less_work.wait_for(lambda: self._at_work == 0, _CLOSE_SECONDS)

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        with self._less_work:
            self._at_work += 1
        try:
            return ClosingIterator(self._serve(environ, start_response), self._answered)
        except BaseException:
            self._answered()
            raise

    def _answered(self) -> None:
        with self._less_work:
            self._at_work -= 1
            self._less_work.notify_all()

    def _serve(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        started = time.monotonic()
        request_id = str(uuid.uuid4())
        raw = RawRequest.from_environ(environ)
        # cheroot leaves an encoded slash in PATH_INFO encoded; a key of S3 may hold one.
        environ["PATH_INFO"] = unquote_to_bytes(raw.path).decode("latin-1")
        request = Request(environ)
        answer = self._answer(request, raw, request_id)
        _discard_body(environ["wsgi.input"])
        answer.headers.setdefault("x-amzn-requestid", request_id)
        answer.headers.setdefault("x-amz-request-id", request_id)
        log.info("%s %s %d %.0f ms", request_id, _subject(raw), answer.status_code, 1000 * (time.monotonic() - started))
        return answer(environ, start_response)

    def _answer(self, request: Request, raw: RawRequest, request_id: str) -> Response:
        dialect = dialect_of(raw, None)
        try:
            claimed = claimed_signature(raw)
            dialect = dialect_of(raw, claimed.service if claimed else None)
            if self._closing.is_set():
                raise AwsError("ServiceUnavailable", "The local AWS endpoint is shutting down.", 503)
            if claimed is None:
                raise SignatureRefused(Reason.MISSING)
            return self._dispatch(request, raw, claimed, request_id)
        except SignatureRefused as refused:
            error = refusal_error(refused, dialect)
        except AwsError as refused:
            error = refused
        except ClientDisconnected:
            error = AwsError("IncompleteBody", "The request body is shorter than its Content-Length.")
        except Exception as bug:  # noqa: BLE001 - the last boundary: a defect must become AWS's 500, not a dropped line
            # Without the message: it may quote a body or a row of the data.
            frames = "".join(traceback.format_tb(bug.__traceback__))
            log.error("%s %s %s\n%s", request_id, _subject(raw), type(bug).__name__, frames)
            code = "InternalServiceException" if dialect is Dialect.JSON else "InternalFailure"
            error = AwsError(code, f"The local AWS endpoint failed ({type(bug).__name__}); see its log.", 500)
        return error_answer(error, dialect, request.path, request_id)

    def _dispatch(self, request: Request, raw: RawRequest, claimed: Signature, request_id: str) -> Response:
        kind = "session" if claimed.access_key == self._principals["session"].access_key else "user"
        with called_by(self._unkindness.caller(kind)):
            if claimed.service == "s3":
                self._admit_s3(request, raw, claimed, self._principals[kind])
                self._unkindness.throttle("s3")
                return self._services.s3.respond(request)
            body = _read_body(request)
            verify(raw, claimed, self._principals[kind], hashlib.sha256(body).hexdigest())
            if claimed.service in self._apis:
                action, payload = self._apis[claimed.service].read(raw.headers.get("x-amz-target", ""), body)
                self._unkindness.throttle(claimed.service)
                return json_answer(self._services.call(claimed.service, action, payload))
            if dialect_of(raw, claimed.service) is Dialect.QUERY:
                return answer_query(claimed.service, body, request_id)
            raise not_supported(claimed.service, raw.headers.get("x-amz-target", _subject(raw)).rpartition(".")[2])

    def _admit_s3(self, request: Request, raw: RawRequest, claimed: Signature, credentials: Credentials) -> None:
        if claimed.expires is None:
            payload_hash = raw.headers.get("x-amz-content-sha256")
            if payload_hash is None:
                raise AwsError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
        else:
            payload_hash = dict(raw.parameters).get("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
        verify(raw, claimed, credentials, payload_hash)
        if payload_hash in _UNSIGNED_PAYLOADS:
            return
        if len(payload_hash) != 64 or set(payload_hash) - set("0123456789abcdef"):
            raise AwsError(
                "InvalidArgument",
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 "
                "value.",
            )
        request.environ[CONTENT_SHA256] = payload_hash


def _read_body(request: Request) -> bytes:
    body = request.stream.read(_MAX_JSON_BODY + 1)
    if len(body) > _MAX_JSON_BODY:
        raise AwsError("RequestEntityTooLargeException", "The request body is larger than 32 MiB.", 413)
    return body


def _discard_body(stream: Any) -> None:
    # What a refusal left unread would else be read by cheroot in one piece, however large.
    while stream.read(65536):
        pass


def _subject(raw: RawRequest) -> str:
    # No keys of objects and no query (a presigned one holds a signature): only what was asked of which service.
    return raw.headers.get("x-amz-target") or f"{raw.method} /{raw.path.lstrip('/').partition('/')[0]}"

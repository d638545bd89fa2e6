"""The front door: what it lets in, how it refuses, through AWS's clients and through bare HTTP."""

import hashlib
import http.client
import io
import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Signer
from botocore.exceptions import ClientError
from werkzeug import Request, Response

from local_aws.endpoint.server import CONTENT_SHA256, Application
from local_aws.errors import AwsError
from local_aws.lake import open_lake
from local_aws.profile import Credentials, read_credentials
from local_aws.unkind import Unkindness


def send(endpoint, method="POST", path="/", headers=None, body=b"") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def signed(endpoint, service, body=b"{}", headers=None, path="/", credentials=None) -> dict[str, str]:
    ours = credentials or read_credentials(endpoint.lake)
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    request = AWSRequest("POST", endpoint.url + path, dict(headers or {}), data=body)
    auth(Signer(ours.access_key, ours.secret_key), service, "us-east-1").add_auth(request)
    return dict(request.headers)


def json_code(answer) -> tuple[int, str]:
    status, headers, body = answer
    assert headers["x-amzn-errortype"] == json.loads(body)["__type"]
    assert headers["x-amzn-requestid"]
    return status, headers["x-amzn-errortype"]


def xml_code(answer) -> tuple[int, str]:
    return answer[0], next(ElementTree.fromstring(answer[2]).iter("Code")).text


TARGET = {"X-Amz-Target": "AWSGlue.GetDatabases", "Content-Type": "application/x-amz-json-1.1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
STRANGER = Credentials("SOMEBODYELSE", "guess")


def test_clients_are_told_who_they_are(aws):
    identity = aws("sts").get_caller_identity()
    assert identity["Account"] == "123456789012"
    assert identity["Arn"] == "arn:aws:iam::123456789012:user/stedi-local"


def test_the_aws_cli_works_under_the_profile(endpoint):
    cli = [sys.executable, "-m", "awscli"]  # its script does not start where a folder's name has a blank
    answer = subprocess.run(
        [*cli, "sts", "get-caller-identity"], env=endpoint.environment(), capture_output=True, text=True, check=True
    )
    assert json.loads(answer.stdout)["UserId"] == "stedi-local"
    refused = subprocess.run(
        [*cli, "glue", "get-database", "--name", "nope"], env=endpoint.environment(), capture_output=True, text=True
    )
    assert "(EntityNotFoundException)" in refused.stderr
    assert "Database nope not found." in refused.stderr


def test_an_unsigned_request_is_refused_in_the_words_of_its_service(endpoint):
    assert json_code(send(endpoint, headers=TARGET, body=b"{}")) == (403, "MissingAuthenticationTokenException")
    assert xml_code(send(endpoint, "GET", "/bucket/key")) == (403, "AccessDenied")
    assert xml_code(send(endpoint, headers=FORM, body=b"Action=GetCallerIdentity")) == (
        403,
        "MissingAuthenticationToken",
    )


def test_a_strangers_key_is_refused(endpoint):
    headers = signed(endpoint, "glue", headers=TARGET, credentials=STRANGER)
    assert json_code(send(endpoint, headers=headers, body=b"{}")) == (403, "UnrecognizedClientException")
    headers = signed(endpoint, "s3", b"", path="/bucket", credentials=STRANGER)
    assert xml_code(send(endpoint, path="/bucket", headers=headers)) == (403, "InvalidAccessKeyId")
    headers = signed(endpoint, "sts", b"", FORM, credentials=STRANGER)
    assert xml_code(send(endpoint, headers=headers)) == (403, "InvalidClientTokenId")


def test_a_tampered_body_is_refused(endpoint):
    headers = signed(endpoint, "glue", b'{"MaxResults": 1}', TARGET)
    assert json_code(send(endpoint, headers=headers, body=b'{"MaxResults": 2}')) == (403, "InvalidSignatureException")


def test_a_tampered_path_is_refused(endpoint):
    headers = signed(endpoint, "s3", b"", path="/bucket/mine")
    assert xml_code(send(endpoint, path="/bucket/yours", headers=headers)) == (403, "SignatureDoesNotMatch")


def test_a_url_presigned_under_the_profile_is_let_in(endpoint, aws):
    url = aws("s3").generate_presigned_url("get_object", Params={"Bucket": "no-bucket", "Key": "a key+plus"})
    assert xml_code(send(endpoint, "GET", url.removeprefix(endpoint.url))) == (404, "NoSuchBucket")


def test_an_old_request_is_refused(endpoint, monkeypatch):
    past = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(minutes=20)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_: past)
    headers = signed(endpoint, "s3", b"", path="/bucket")
    assert xml_code(send(endpoint, path="/bucket", headers=headers)) == (403, "RequestTimeTooSkewed")
    headers = signed(endpoint, "glue", headers=TARGET)
    assert json_code(send(endpoint, headers=headers, body=b"{}")) == (403, "InvalidSignatureException")


def test_what_is_not_served_is_refused_by_name(endpoint, aws):
    body = b"Action=ListUsers&Version=2010-05-08"
    status, _, answer = send(endpoint, headers=signed(endpoint, "iam", body, FORM), body=body)
    assert (status, b"iam:ListUsers" in answer) == (501, True)
    headers = signed(endpoint, "dynamodb", headers={"X-Amz-Target": "DynamoDB_20120810.ListTables"})
    status, _, answer = send(endpoint, headers=headers, body=b"{}")
    assert (status, b"dynamodb:ListTables" in answer) == (501, True)
    with pytest.raises(ClientError, match="glue:StartJobRun"):
        aws("glue").start_job_run(JobName="j")


@pytest.mark.parametrize(
    ("target", "body", "code"),
    [
        ("AWSGlue.GetEverything", b"{}", "UnknownOperationException"),
        ("AmazonAthena.ListWorkGroups", b"{}", "UnknownOperationException"),
        ("AWSGlue.GetTable", b"{", "SerializationException"),
        ("AWSGlue.GetTable", b"[]", "SerializationException"),
        ("AWSGlue.GetTable", b"{}", "ValidationException"),
        ("AWSGlue.GetTable", b'{"DatabaseName": 1, "Name": "t"}', "ValidationException"),
    ],
)
def test_a_request_that_awss_model_does_not_allow_is_refused(endpoint, target, body, code):
    headers = signed(endpoint, "glue", body, {**TARGET, "X-Amz-Target": target})
    assert json_code(send(endpoint, headers=headers, body=body)) == (400, code)


def test_the_log_holds_neither_keys_nor_queries_nor_bodies(endpoint):
    send(endpoint, "GET", "/bucket/somebody@example.com?X-Amz-Signature=abc&x=hidden")
    log = (endpoint.lake.state / "endpoint.log").read_text()
    assert "GET /bucket 4" in log
    for text in ("somebody", "hidden", read_credentials(endpoint.lake).access_key):
        assert text not in log


class FakeS3:
    """Shows what the front hands to S3, and fails on demand."""

    def __init__(self):
        self.answer = lambda request: Response()

    def respond(self, request: Request) -> Response:
        self.request = request
        return self.answer(request)


class FakeServices:
    names = ()

    def __init__(self):
        self.s3 = FakeS3()
        self.closed = False

    def close(self):
        self.closed = True


@pytest.fixture
def services():
    return FakeServices()


@pytest.fixture
def ask(services, tmp_path):
    """Ask the application for an S3 path, signed, without a network."""
    ours = Credentials("STEDILOCALTESTACCESS", "secret")
    application = Application(ours, services, Unkindness(open_lake(tmp_path)))

    def ask(path: str, body: bytes = b"") -> tuple[str, bytes]:
        request = AWSRequest("PUT", "http://127.0.0.1:1" + path, data=body)
        S3SigV4Auth(Signer(ours.access_key, ours.secret_key), "s3", "us-east-1").add_auth(request)
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
        environ = {
            "REQUEST_METHOD": "PUT",
            "REQUEST_URI": path,
            "PATH_INFO": "",
            "HTTP_HOST": "127.0.0.1:1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "1",
            **headers,
        }
        statuses = []
        answer = b"".join(application(environ, lambda status, headers, *_: statuses.append(status)))
        return statuses[0], answer

    ask.application = application
    return ask


def test_s3_gets_the_decoded_key_and_the_unread_body_with_its_digest(ask, services):
    services.s3.answer = lambda request: Response(request.stream.read())
    status, answer = ask("/bucket/a%20b%2Fc%2B//%C3%BC", b"content")
    assert (status, answer) == ("200 OK", b"content")
    assert services.s3.request.path == "/bucket/a b/c+//ü"
    assert services.s3.request.environ[CONTENT_SHA256] == hashlib.sha256(b"content").hexdigest()


def test_a_refusal_of_s3_is_answered_as_its_xml(ask, services):
    def refuse(_):
        raise AwsError("NoSuchKey", "The specified key <b> does not exist.", 404)

    services.s3.answer = refuse
    status, answer = ask("/bucket/key")
    assert status.startswith("404")
    assert ElementTree.fromstring(answer).findtext("Message") == "The specified key <b> does not exist."


def test_a_defect_is_a_500_and_its_message_is_not_logged(ask, services, caplog):
    def fail(_):
        raise RuntimeError(" of the ".join(["a row", "data"]))

    services.s3.answer = fail
    with caplog.at_level("ERROR", logger="local_aws"):
        status, answer = ask("/bucket/key")
    assert status.startswith("500")
    assert ElementTree.fromstring(answer).findtext("Code") == "InternalFailure"
    assert "a row of the data" not in caplog.text + answer.decode()


def test_a_closing_endpoint_takes_nothing_on(ask, services):
    ask.application.close()
    status, _ = ask("/bucket/key")
    assert status.startswith("503")
    assert services.closed

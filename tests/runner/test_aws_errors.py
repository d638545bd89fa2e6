"""Which errors are tried again, which mean that something is not there or the network lost, and which are failures."""

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from runner import aws_errors
from runner.aws_errors import error_code, find, is_network_lost, may_succeed_later, with_retries
from runner.errors import StepFailed

THROTTLED = "the notebook ended: An error occurred (ThrottlingException) when calling the RunStatement operation: x"
JAVA = "Py4JJavaError: GlueException: busy (Service: AWSGlue; Status Code: 400; Error Code: ThrottlingException; x"


@pytest.mark.parametrize("error", [THROTTLED, JAVA, ClientError({"Error": {"Code": "SlowDown"}}, "PutObject")])
def test_throttling_is_known_however_it_is_told(error):
    assert may_succeed_later(error)


@pytest.mark.parametrize(
    "error",
    [
        "AuditFailed: customer_trusted was not published: ThrottlingException in a name",
        "ValueError: bad row",
        "ClientError: An error occurred (AccessDeniedException) when calling the GetTable operation: no",
        EndpointConnectionError(endpoint_url="http://127.0.0.1"),
    ],
)
def test_nothing_else_is_tried_again(error):
    assert not may_succeed_later(error)


@pytest.mark.parametrize(
    ("service", "method", "call", "code", "message", "known"),
    [
        ("s3", "head_bucket", {"Bucket": "none"}, "404", "Not Found", True),
        ("s3", "get_object", {"Bucket": "b", "Key": "none"}, "NoSuchKey", "", True),
        ("glue", "get_database", {"Name": "none"}, "EntityNotFoundException", "", True),
        ("athena", "get_work_group", {"WorkGroup": "x"}, "InvalidRequestException", "WorkGroup x is not found.", True),
        ("athena", "get_work_group", {"WorkGroup": "x"}, "InvalidRequestException", "WorkGroup x is odd.", False),
        ("glue", "get_database", {"Name": "x"}, "AccessDeniedException", "a policy that is not found", False),
    ],
)
def test_what_is_not_there_is_an_empty_answer_and_all_else_an_error(
    service, method, call, code, message, known, monkeypatch
):
    client = boto3.client(service, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    monkeypatch.setattr(aws_errors.boto3, "client", lambda name: client)
    with Stubber(client) as stub:
        stub.add_client_error(method, code, message)
        if known:
            assert find(service, method, **call) == {}
        else:
            with pytest.raises(ClientError, match=code):
                find(service, method, **call)


def test_the_code_is_aws_own():
    assert error_code(THROTTLED) == "ThrottlingException"
    assert error_code("no code") is None


def test_a_lost_network_is_known_by_type_and_by_text():
    error = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    assert is_network_lost(error)
    assert is_network_lost(f"the notebook ended without its record: {error}")
    assert not is_network_lost("ValueError: Could not convert")


def test_pauses_grow_and_end(monkeypatch):
    pauses, said = [], []
    monkeypatch.setattr(aws_errors.time, "sleep", pauses.append)

    def refuse():
        raise StepFailed(THROTTLED)

    with pytest.raises(StepFailed):
        with_retries(refuse, 3, said.append)
    assert len(said) == len(pauses) == 3
    assert pauses[0] < pauses[1] < pauses[2]

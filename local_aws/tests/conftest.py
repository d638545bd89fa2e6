"""One endpoint over an empty lake for all tests of this room, and AWS's own clients on it."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.session
import pytest

from local_aws.lifecycle import Endpoint, start, stop


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    lake = tmp_path_factory.mktemp("lake")
    started = start(lake)
    yield started
    stop(lake)


@pytest.fixture(scope="session")
def client_for() -> Callable[..., Any]:
    """A boto3 client of any endpoint, through that endpoint's profile as a user has it."""
    return _client


@pytest.fixture(scope="session")
def aws(endpoint: Endpoint) -> Callable[[str], Any]:
    clients: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in clients:
            clients[service] = _client(endpoint, service)
        return clients[service]

    return client


@pytest.fixture(scope="session")
def s3(aws: Callable[[str], Any]) -> Any:
    return aws("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    """A new bucket of each test's own."""
    name = f"b-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="session")
def boto3_session(endpoint: Endpoint) -> boto3.Session:
    return _session(endpoint)


def _client(endpoint: Endpoint, service: str, **options: Any) -> Any:
    return _session(endpoint).client(service, **options)


def _session(endpoint: Endpoint) -> boto3.Session:
    environment = endpoint.environment()
    # A session reads its files from where the environment says; this way no test changes the environment of another.
    session = botocore.session.Session(profile=environment["AWS_PROFILE"])
    session.set_config_variable("config_file", environment["AWS_CONFIG_FILE"])
    session.set_config_variable("credentials_file", environment["AWS_SHARED_CREDENTIALS_FILE"])
    return boto3.Session(botocore_session=session)

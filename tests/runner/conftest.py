"""A lakehouse of its own for each test that erases somebody, an account for each that deploys."""

import boto3
import pytest

from helpers.settings import Settings
from local_aws.profile import PROFILE
from runner.aws import use_profile
from tests.erasing import ADA, ADAS, BOB, BOBS, customer, lines, make_key, put


@pytest.fixture(scope="module")
def lake_folder(tmp_path_factory):
    """The local AWS, for every client of this process: the folder of its lake."""
    folder = tmp_path_factory.mktemp("lake") / "lake"
    with use_profile(PROFILE, folder):
        make_key()
        yield folder


@pytest.fixture
def lake(lake_folder, request):
    """A lakehouse of its own with Ada and Bob in its customers' landing zone, and a folder for reports."""
    name = f"lake-{abs(hash(request.node.name)) % 10**10}"
    boto3.client("s3").create_bucket(Bucket=name)
    boto3.client("glue").create_database(DatabaseInput={"Name": name.replace("-", "_")})
    settings = Settings(bucket=name, database=name.replace("-", "_"))
    put(settings, "customer/landing/a.json", lines(customer(ADA, "Ada Lovelace", ADAS), customer(BOB, "Bob Lee", BOBS)))
    return settings


@pytest.fixture
def account(tmp_path, monkeypatch):
    """An empty account, and a profile `team` of it without a Glue role."""
    from tests.runner.small_account import empty_account  # and with it moto, which most tests do without

    with empty_account(tmp_path, monkeypatch) as session:
        yield session

import configparser
import stat

import pytest

from local_aws.lake import LakeError, open_lake
from local_aws.profile import (
    PROFILE,
    aws_environment,
    config_file,
    credentials_file,
    last_port,
    read_credentials,
    write_profile,
)


@pytest.fixture
def lake(tmp_path):
    return open_lake(tmp_path / "lake")


def test_the_profile_names_the_endpoint_and_the_role(lake):
    write_profile(lake, 4566)
    parser = configparser.ConfigParser()
    parser.read(config_file(lake))
    section = parser[f"profile {PROFILE}"]
    assert section["endpoint_url"] == "http://127.0.0.1:4566"
    assert section["region"] == "us-east-1"
    assert section["glue_role_arn"] == "arn:aws:iam::123456789012:role/stedi-local"
    assert section["s3"].split("\n") == ["", "addressing_style = path", "signature_version = s3v4"]
    assert last_port(lake) == 4566


def test_credentials_are_private_and_stay_the_lakes(lake, tmp_path):
    write_profile(lake, 1)
    first = read_credentials(lake)
    write_profile(lake, 2)
    assert read_credentials(lake) == first
    assert stat.S_IMODE(credentials_file(lake).stat().st_mode) == 0o600
    other = open_lake(tmp_path / "other")
    write_profile(other, 1)
    assert read_credentials(other) != first
    assert first.secret_key not in repr(first)


def test_the_environment_holds_nothing_that_wins_over_the_profile(lake, monkeypatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "glue_iam_role", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.setenv(name, "the user's")
    monkeypatch.setenv("NO_PROXY", "intranet")
    monkeypatch.setenv("SOMETHING", "else")
    environment = aws_environment(lake)
    assert "the user's" not in environment.values()
    assert environment["SOMETHING"] == "else"
    assert environment["AWS_PROFILE"] == PROFILE
    assert environment["NO_PROXY"] == environment["no_proxy"] == "intranet,127.0.0.1"


@pytest.mark.parametrize("text", ["no section", "[stedi-local]\naws_access_key_id = half\n"])
def test_damaged_credentials_are_named(lake, text):
    credentials_file(lake).write_text(text)
    with pytest.raises(LakeError, match="credentials is damaged: remove it"):
        read_credentials(lake)


def test_a_lake_never_started_has_neither_credentials_nor_port(lake):
    assert read_credentials(lake) is None
    assert last_port(lake) == 0

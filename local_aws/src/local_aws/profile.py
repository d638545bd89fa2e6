"""The AWS profile that leads a client to the local endpoint; it lives in the lake, never in the user's ``~/.aws``."""

import configparser
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.lake import Lake, LakeError

PROFILE = "stedi-local"
"""Name of the profile."""

ACCOUNT = "123456789012"
"""The account that the endpoint plays."""

REGION = "us-east-1"
"""The one region that the endpoint plays."""

USER_ARN = f"arn:aws:iam::{ACCOUNT}:user/{PROFILE}"
"""Who the profile's credentials belong to."""

_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{PROFILE}"
_KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True)
class Credentials:
    """The key pair that signs every request to one lake's endpoint."""

    access_key: str
    secret_key: str = field(repr=False)

    def of_session(self) -> "Credentials":
        """Those of a Glue session, which is another principal than the person behind the profile."""
        derived = hmac.new(self.secret_key.encode(), b"session", hashlib.sha256).hexdigest()
        return Credentials(f"{self.access_key}ROLE", derived)

    def environment(self) -> dict[str, str]:
        """The variables by which AWS clients take them, whatever their profile says."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}


def config_file(lake: Lake) -> Path:
    """The AWS config file with the profile."""
    return lake.state / "config"


def credentials_file(lake: Lake) -> Path:
    """The AWS credentials file of the profile, readable by its owner alone."""
    return lake.state / "credentials"


def read_credentials(lake: Lake) -> Credentials | None:
    """The credentials of this lake, or None before its first start; raises `LakeError` if their file is damaged."""
    parser = _parse(credentials_file(lake))
    if not parser.has_section(PROFILE):
        return None
    try:
        return Credentials(parser.get(PROFILE, "aws_access_key_id"), parser.get(PROFILE, "aws_secret_access_key"))
    except configparser.NoOptionError as error:
        raise _damaged(credentials_file(lake)) from error


def last_port(lake: Lake) -> int:
    """The port that the profile names, or 0 before the first start."""
    url = _parse(config_file(lake)).get(f"profile {PROFILE}", "endpoint_url", fallback="")
    port = url.rpartition(":")[2]
    return int(port) if port.isdigit() else 0


def write_profile(lake: Lake, port: int) -> None:
    """Write the profile's config and credentials files into the lake.

    The credentials are random and stay the same for the lake's life, so that a shell which holds them goes on working
    after a restart of the endpoint.
    """
    credentials = read_credentials(lake) or _new_credentials()
    lake.write(
        credentials_file(lake).name,
        f"[{PROFILE}]\n"
        f"aws_access_key_id = {credentials.access_key}\n"
        f"aws_secret_access_key = {credentials.secret_key}\n",
    )
    lake.write(
        config_file(lake).name,
        f"[profile {PROFILE}]\n"
        f"region = {REGION}\n"
        "output = json\n"
        f"endpoint_url = http://127.0.0.1:{port}\n"
        f"glue_role_arn = {_ROLE_ARN}\n"
        "s3 =\n"
        "  addressing_style = path\n"
        # For presigned URLs: botocore's default in us-east-1 is still the older version 2.
        "  signature_version = s3v4\n",
    )


def aws_environment(lake: Lake) -> dict[str, str]:
    """The environment in which every AWS client of a process speaks to this lake's endpoint and to nothing else.

    The user's own ``AWS_*`` and ``glue_*`` variables are left out, because they win over a profile (AWS SDKs and Tools
    Reference Guide, "Understand the precedence of settings"); 127.0.0.1 is kept away from proxies.
    """
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith(("AWS_", "GLUE_"))}
    unproxied = ",".join(filter(None, [os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), "127.0.0.1"]))
    return environment | {
        # botocore would expand a ``$NAME`` in these paths.
        "AWS_CONFIG_FILE": str(config_file(lake.plainly())),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials_file(lake.plainly())),
        "AWS_PROFILE": PROFILE,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": unproxied,
        "no_proxy": unproxied,
    }


def _new_credentials() -> Credentials:
    # Not in the shape of a real key (AKIA...), so that no scanner takes it for a leaked one.
    return Credentials("LOCAL" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(15)), secrets.token_urlsafe(30))


def _parse(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    return parser


def _damaged(path: Path) -> LakeError:
    return LakeError(f"{path} is damaged: remove it, and the next start of the endpoint writes a new one.")

"""What a session's DefaultArguments ask of Spark and of Python."""

import re
import shutil
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from local_aws.lake import Lake

NEEDS_JARS = ("--extra-jars", "--datalake-formats")
"""Arguments that bring Java code which the local runtime does not carry."""


class StartError(Exception):
    """A session cannot start as it was asked to; the message becomes the session's ErrorMessage."""


def refuse_missing_runtimes(arguments: Mapping[str, str]) -> None:
    """Refuse the arguments that need jars, which a local session cannot fetch."""
    for name in NEEDS_JARS:
        if arguments.get(name):
            raise StartError(
                f"{name} {arguments[name]} is not supported by local sessions: they carry Spark's own jars."
            )


def spark_settings(arguments: Mapping[str, str]) -> dict[str, str]:
    """Read ``--conf``: one setting, or several chained as ``a=1 --conf b=2`` as Glue has them."""
    settings = {}
    for pair in re.split(r"\s+--conf\s+", arguments.get("--conf", "").strip()):
        if not pair:
            continue
        name, equals, value = pair.partition("=")
        if not equals or not name.startswith("spark."):
            raise StartError(f"--conf must hold spark.name=value pairs; found {pair!r}.")
        settings[name.strip()] = value.strip()
    return settings


def event_log_path(arguments: Mapping[str, str], lake: Lake) -> Path | None:
    """The folder in the lake to which Spark's event log is copied, where ``--enable-spark-ui true`` asks for one.

    Source: AWS "Enabling the Apache Spark web UI for AWS Glue jobs".
    """
    path = arguments.get("--spark-event-logs-path")
    if arguments.get("--enable-spark-ui", "").lower() != "true" or not path:
        return None
    folder = lake_path(path, lake)
    if not lake.bucket(path.split("/")[2]).is_dir():
        raise StartError(f"--spark-event-logs-path {path}: the specified bucket does not exist.")
    return folder


def fetch_python_files(arguments: Mapping[str, str], lake: Lake, folder: Path) -> list[str]:
    """Copy what ``--extra-py-files`` names into the session, so that a later upload does not change it underneath."""
    copies = []
    for path in _list(arguments.get("--extra-py-files", "")):
        source = lake_path(path, lake)
        if not source.is_file():
            raise StartError(f"--extra-py-files {path}: the specified key does not exist.")
        folder.mkdir(parents=True, exist_ok=True)
        copies.append(shutil.copy(source, folder / source.name))
    return [str(copy) for copy in copies]


def check_python_modules(arguments: Mapping[str, str]) -> None:
    """Check that what ``--additional-python-modules`` names is in this project's environment; nothing is installed."""
    for entry in _list(arguments.get("--additional-python-modules", "")):
        try:
            wanted = Requirement(entry)
        except InvalidRequirement as error:
            raise StartError(f"--additional-python-modules {entry}: local sessions take name==version only.") from error
        try:
            found = metadata.version(wanted.name)
        except metadata.PackageNotFoundError as error:
            raise StartError(
                f"--additional-python-modules {entry}: {wanted.name} is not in this project's environment, "
                "and local sessions install nothing."
            ) from error
        if not wanted.specifier.contains(found, prereleases=True):
            raise StartError(
                f"--additional-python-modules {entry}: this project's environment has {wanted.name} {found}."
            )


def lake_path(path: str, lake: Lake) -> Path:
    """The file in the lake behind an ``s3://bucket/key`` path."""
    bucket, _, key = path.removeprefix("s3://").partition("/")
    if not path.startswith("s3://") or not bucket or ".." in key.split("/"):
        raise StartError(f"{path} is not an s3://bucket/key path.")
    return lake.bucket(bucket) / key.lstrip("/")


def _list(value: str) -> list[str]:
    return [entry.strip() for entry in value.split(",") if entry.strip()]

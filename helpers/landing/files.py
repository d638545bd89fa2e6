"""The files of a landing prefix, and what becomes of their names."""

from dataclasses import dataclass

from helpers.errors import EmptyLanding
from helpers.publishing.objects import is_hidden, list_objects, split_uri

SAMPLE_BYTES = 16 * 1024 * 1024
SAMPLE_FILES = 1000
"""A source's schema is inferred from its first files, up to this size and number: most often from all."""
IN_TRANSIT = "._COPYING_"
"""How the name of a file ends while Hadoop copies it (Apache Hadoop, "FileSystem Shell": put)."""


@dataclass(frozen=True)
class LandingFile:
    """One object under a landing prefix: its ``s3://`` URI and its size in bytes."""

    uri: str
    size: int


def is_passed_over(name: str) -> bool:
    """Whether a path below a landing prefix is hidden or in transit, and so no landing file yet.

    Any part that begins with ``_`` or ``.`` is hidden, and ``…._COPYING_`` still on its way. Athena passes over the
    first, Spark over both.
    """
    return is_hidden(name) or any(part.endswith(IN_TRANSIT) for part in name.split("/"))


def list_landing_files(location: str) -> list[LandingFile]:
    """The files under a landing prefix, by name; those that are hidden, in transit or empty left out.

    Raises
    ------
    EmptyLanding
        If there is no file with any content.
    """
    bucket, prefix = split_uri(location)
    found = [(item["Key"], item["Size"]) for item in list_objects(location)]
    files = [
        LandingFile(f"s3://{bucket}/{key}", size)
        for key, size in sorted(found)
        if size and not is_passed_over(key[len(prefix) :])
    ]
    if not files:
        raise EmptyLanding(f"{location} holds no landing file with content: copy JSON-lines files there first.")
    return files


def inference_paths(location: str) -> list[str]:
    """What to infer a source's schema from: its first files, by name.

    Glue's reader is not documented to pass over hidden files, as Spark and Athena do; so it is told each one. A field
    that only later files have is still found, by the one read of all lines (`helpers.landing.new_fields`).
    """
    sample, total = [], 0
    for file in list_landing_files(location)[:SAMPLE_FILES]:
        sample.append(file.uri)
        total += file.size
        if total >= SAMPLE_BYTES:
            break
    return sample

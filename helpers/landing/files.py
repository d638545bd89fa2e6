"""The files of a landing prefix, and what becomes of their names."""

from dataclasses import dataclass

from helpers.errors import EmptyLanding
from helpers.publishing.objects import list_objects, split_uri

SAMPLE_BYTES = 16 * 1024 * 1024
"""Up to this size a source's schema is inferred from all of its files, above it from its first ones."""
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
    first (Athena, "Table location in Amazon S3"), Spark over both.
    """
    return any(part.startswith(("_", ".")) or part.endswith(IN_TRANSIT) for part in name.split("/"))


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
    """What to infer a source's schema from: the whole prefix, or the first files of one too large to read twice.

    A field that only later files have is still found, by the one read of all lines (`helpers.landing.new_fields`).
    """
    files = list_landing_files(location)
    if sum(file.size for file in files) <= SAMPLE_BYTES:
        return [location]
    sample, total = [], 0
    for file in files:
        sample.append(file.uri)
        total += file.size
        if total >= SAMPLE_BYTES:
            break
    return sample

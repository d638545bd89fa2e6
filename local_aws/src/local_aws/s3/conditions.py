"""Conditional requests ("Conditional reads" and "Conditional writes", Amazon S3 User Guide)."""

from collections.abc import Mapping

from werkzeug.http import parse_date

from local_aws.s3.errors import no_such_key, not_implemented, precondition_failed
from local_aws.s3.metadata import ObjectInfo
from local_aws.s3.store import Condition, Current


class NotModified(Exception):
    """The reader already has this object: answer 304."""


def _names(header: str, etag: str) -> bool:
    return header.strip() == "*" or etag in (part.strip().strip('"') for part in header.split(","))


def _changed_since(info: ObjectInfo, header: str) -> bool | None:
    """Whether the object is newer than a date header says; None where that is no date, which S3 ignores."""
    moment = parse_date(header)
    return None if moment is None else info.mtime_ns // 1_000_000_000 > moment.timestamp()


def check_read(info: ObjectInfo, headers: Mapping[str, str], prefix: str = "") -> None:
    """Hold the ``If-…`` headers of a read against the object.

    Parameters
    ----------
    info : ObjectInfo
        The object.
    headers : mapping
        The request's headers.
    prefix : str
        ``x-amz-copy-source-`` for the headers about a copy's source.

    Raises
    ------
    S3Error
        ``PreconditionFailed``.
    NotModified
        Where the reader's own copy is the object.
    """
    match, unmodified = headers.get(f"{prefix}If-Match"), headers.get(f"{prefix}If-Unmodified-Since")
    if match is not None:
        if not _names(match, info.etag):
            raise precondition_failed("If-Match")
    elif unmodified is not None and _changed_since(info, unmodified):
        raise precondition_failed("If-Unmodified-Since")
    none_match, modified = headers.get(f"{prefix}If-None-Match"), headers.get(f"{prefix}If-Modified-Since")
    if none_match is not None:
        if _names(none_match, info.etag):
            raise NotModified
    elif modified is not None and _changed_since(info, modified) is False:
        raise NotModified


def unconditional(current: Current) -> None:
    """The condition of a write that has none."""


def write_condition(headers: Mapping[str, str], key: str) -> Condition:
    """The condition that a write's headers state: ``If-None-Match: *`` or ``If-Match: <etag>``.

    Raises
    ------
    S3Error
        ``NotImplemented`` for an ``If-None-Match`` with an ETag, as S3 itself answers, or both at once.
    """
    match, none_match = headers.get("If-Match"), headers.get("If-None-Match")
    if none_match is not None and (none_match.strip() != "*" or match is not None):
        raise not_implemented("A conditional write by other headers than 'If-Match' or 'If-None-Match: *'")

    def only_new(current: Current) -> None:
        if current() is not None:
            raise precondition_failed("If-None-Match")

    def only_over(current: Current) -> None:
        present = current()
        if present is None:
            raise no_such_key(key)
        if not _names(match or "", present.etag):
            raise precondition_failed("If-Match")

    if none_match is not None:
        return only_new
    return unconditional if match is None else only_over

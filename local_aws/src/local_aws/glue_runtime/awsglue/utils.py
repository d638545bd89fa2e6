"""getResolvedOptions (AWS: "Accessing parameters using getResolvedOptions")."""

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

RESERVED = (
    "job-bookmark-option", "job-bookmark-from", "job-bookmark-to", "continuation-option", "JOB_ID", "JOB_RUN_ID",
    "SECURITY_CONFIGURATION", "encryption-type", "enable-data-lineage",
)  # fmt: skip
"""Arguments that Glue itself reads; a script may not name them."""

BOOKMARK_OPTIONS = ("job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable")


class GlueArgumentError(Exception):
    """An argument is missing or malformed."""


class _Parser(argparse.ArgumentParser):
    """A parser that raises, where argparse would end the process."""

    def error(self, message: str) -> NoReturn:
        raise GlueArgumentError(message)


def getResolvedOptions(args: Sequence[str], options: Sequence[str]) -> dict[str, Any]:
    """The values of the named options, as ``--NAME value`` or ``--NAME=value`` in ``args``, which are ``sys.argv``.

    Each option is required, and other arguments are passed over; Glue's own ones are there too, None where not given.

    Raises
    ------
    GlueArgumentError
        Where an option is not given.
    RuntimeError
        Where a name is one of Glue's own.
    """
    parser = _Parser(add_help=False)
    for name in RESERVED:
        if name in options:
            raise RuntimeError(f"Using reserved arguments --{name}")
        parser.add_argument(f"--{name}", choices=BOOKMARK_OPTIONS if name == "job-bookmark-option" else None)
    for name in ("RedshiftTempDir", "TempDir"):
        parser.add_argument(f"--{name}")
    for name in options:
        if name not in ("RedshiftTempDir", "TempDir"):
            parser.add_argument(f"--{name}", required=True)
    resolved = vars(parser.parse_known_args(list(args[1:]))[0])
    resolved["TempDir"] = resolved["RedshiftTempDir"] = resolved["TempDir"] or resolved["RedshiftTempDir"]
    resolved.pop("continuation_option")
    resolved["job_bookmark_option"] = resolved["job_bookmark_option"] or "job-bookmark-disable"
    return resolved

"""Folders: S3 has none, so they come with the first object below them and go with the last."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from local_aws.s3.errors import S3Error
from local_aws.s3.keys import Address, refuse_symbolic_links

ATTEMPTS = 50
"""How often a folder is made again that a concurrent delete took away as empty."""

Answer = TypeVar("Answer")


def remove_empty_folders(path: Path) -> None:
    """Remove a folder and those below it, as far as they hold nothing."""
    for folder, _, _ in os.walk(path, topdown=False):
        try:
            os.rmdir(folder)
        except OSError:  # not empty, or gone: both are what was asked
            continue


def _make_parent(address: Address) -> None:
    refuse_symbolic_links(address)
    # The bucket's own folder must not come back: it may have been deleted in the meantime.
    for parent in reversed(address.path.relative_to(address.root).parents):
        if parent != Path():
            _make_folder(address.root / parent)


def _make_folder(path: Path) -> None:
    """Make a folder where there is none; raises FileNotFoundError where one was there and went away meanwhile."""
    try:
        path.mkdir()
    except FileExistsError:
        if not stat.S_ISDIR(path.lstat().st_mode):
            raise


def _with_parent(address: Address, action: Callable[[], Answer]) -> Answer:
    """Do something in the folder above a key.

    Raises
    ------
    S3Error
        ``NotImplemented`` where a file stands in the way of a folder or a folder in the way of the file.
    FileNotFoundError
        If the bucket went away.
    """
    attempts = 0
    while True:
        attempts += 1
        try:
            _make_parent(address)
            return action()
        except FileNotFoundError:
            if attempts == ATTEMPTS or not address.root.is_dir():
                raise
        except (NotADirectoryError, FileExistsError, IsADirectoryError) as error:
            raise S3Error(
                "NotImplemented",
                f"The key {address.key!r} cannot be stored: the lake directory holds a file where the key needs a "
                "folder, or a folder where it needs a file. The local AWS endpoint cannot hold an object and, under "
                "the same name, the prefix of another object.",
                501,
            ) from error


def place(draft: Path, address: Address) -> None:
    """Put a finished file in its place, whole, making the folders above it; raises as `_with_parent` does."""
    _with_parent(address, lambda: os.replace(draft, address.path))


def place_folder(address: Address) -> os.stat_result:
    """Make the folder of a folder marker and tell its status; raises as `_with_parent` does."""

    def make() -> os.stat_result:
        _make_folder(address.path)
        return address.path.lstat()

    return _with_parent(address, make)

"""Files and links that others may be reading while they are written."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Put a text file in place in one move, so that a reader sees the old one or the new one, never half of it."""
    _replace(path, lambda draft: draft.write_text(text, encoding="utf-8"))


def write_link(path: Path, target: str) -> None:
    """Let a symbolic link lead to a target in one move, whether it was there before or not."""
    _replace(path, lambda draft: draft.symlink_to(target))


@contextmanager
def scratch_folder(purpose: str) -> Iterator[Path]:
    """A folder for copies of people's data: it goes with the context, or as the next one begins, should this be killed.

    Whose process lives has its folder locked.
    """
    prefix = f"stedi-{purpose}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError), _locked(left):  # in use, another user's, or gone
            shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=prefix) as folder, _locked(Path(folder)):
        yield Path(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    draft.unlink(missing_ok=True)
    try:
        write(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)

"""Files and links that others may be reading while they are written."""

import os
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Put a text file in place in one move, so that a reader sees the old one or the new one, never half of it."""
    _replace(path, lambda draft: draft.write_text(text, encoding="utf-8"))


def write_link(path: Path, target: str) -> None:
    """Let a symbolic link lead to a target in one move, whether it was there before or not."""
    _replace(path, lambda draft: draft.symlink_to(target))


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    draft.unlink(missing_ok=True)
    try:
        write(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)

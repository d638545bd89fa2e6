"""Files and links that others may be reading while they are written."""

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Put a text file in place in one move, so that a reader sees the old one or the new one, never half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_link(path: Path, target: str) -> None:
    """Let a symbolic link lead to a target in one move, whether it was there before or not."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(path)

"""Files that others may be reading while they are written."""

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

"""The lake directory: one folder a bucket, and the endpoint's own state in ``.local_aws``."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

FORMAT = 1
"""Version of the lake directory's own layout; a directory of another version is refused."""


class LakeError(Exception):
    """The lake directory cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Lake:
    """A directory that holds the buckets (``root/<bucket>/<key>``) and the endpoint's state.

    Parameters
    ----------
    root : Path
        Absolute path of the lake directory.
    """

    root: Path

    @property
    def state(self) -> Path:
        """Where the endpoint keeps its own files; no bucket can have this name."""
        return self.root / ".local_aws"

    def bucket(self, name: str) -> Path:
        """The folder of one bucket."""
        return self.root / name

    def save(self, name: str, document: object) -> None:
        """Write a JSON state file whole or not at all, readable by its owner alone."""
        target = self.state / name
        draft = target.with_name(f"{name}.{os.getpid()}.tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(document, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)

    def load(self, name: str, default: object = None) -> object:
        """Read a JSON state file, or ``default`` where there is none yet."""
        source = self.state / name
        return json.loads(source.read_text("utf-8")) if source.exists() else default


def open_lake(root: Path | str) -> Lake:
    """Open a lake directory, making it where it is missing.

    Raises
    ------
    LakeError
        If the path is no directory, cannot be written, holds other things than a lake, or is from another version.
    """
    path = Path(root).expanduser().resolve()
    lake = Lake(path)
    try:
        foreign = path.is_dir() and not lake.state.exists() and any(path.iterdir())
        if foreign:
            raise LakeError(f"{path} is not empty and is no lake: name a new or empty directory with --lake.")
        lake.state.mkdir(parents=True, exist_ok=True)
        lake.state.chmod(0o700)
        marker = lake.load("lake.json")
        if marker is None:
            lake.save("lake.json", {"format": FORMAT})
            return lake
    except OSError as error:
        raise LakeError(f"The lake directory {path} cannot be used: {error.strerror}.") from error
    except ValueError as error:
        raise LakeError(f"{lake.state / 'lake.json'} is damaged: restore it, or name another --lake.") from error
    found = marker.get("format") if isinstance(marker, dict) else None
    if found != FORMAT:
        raise LakeError(
            f"The lake {path} has format {found}, this version reads format {FORMAT}: name another --lake, "
            "or use the project version that made it."
        )
    return lake

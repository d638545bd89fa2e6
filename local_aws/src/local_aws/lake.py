"""The lake directory: one folder a bucket, and the endpoint's own state in ``.local_aws``."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

FORMAT = 1
"""Version of the lake directory's own layout; a directory of another version is refused."""

_PLAIN = re.compile(r"[A-Za-z0-9_./+@=-]*")


class LakeError(Exception):
    """The lake directory cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Lake:
    """A directory that holds the buckets (``root/<bucket>/<key>``) and the endpoint's state.

    Parameters
    ----------
    root : Path
        Absolute path of the lake directory.
    origin : Path, optional
        What the user calls it, where ``root`` is the plain name that `plainly` gave it.
    """

    root: Path
    origin: Path | None = None

    @property
    def state(self) -> Path:
        """Where the endpoint keeps its own files; no bucket can have this name."""
        return self.root / ".local_aws"

    def bucket(self, name: str) -> Path:
        """The folder of one bucket."""
        return self.root / name

    @property
    def _plain_names(self) -> Path:
        name = hashlib.sha256(os.fsencode(self.origin or self.root)).hexdigest()[:16]
        return Path(f"/tmp/local-aws-{os.getuid()}-{name}")

    def plain(self, path: Path) -> Path:
        """A path of ASCII letters, digits and few signs to the same place, for programs that see more in others.

        Spark, Java, DuckDB and botocore each take some character for a pattern, a variable, a separator or nothing at
        all. A path that has one is given a link beside all lakes, which stays until `forget_plain_names`. Raises
        `LakeError` if the folder of the links belongs to somebody else.
        """
        if _PLAIN.fullmatch(str(path)):
            return path
        folder = self._plain_names
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            raise LakeError(f"{folder} belongs to another user: remove it.")
        link = folder / hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
        with contextlib.suppress(FileExistsError):
            link.symlink_to(path)
        return link

    def plainly(self) -> "Lake":
        """The same lake by a plain path."""
        return Lake(self.plain(self.root), self.origin or self.root)

    def forget_plain_names(self) -> None:
        """Remove the links; whoever needs one again makes it again."""
        shutil.rmtree(self._plain_names, ignore_errors=True)

    def save(self, name: str, document: object) -> None:
        """Write a JSON state file whole or not at all, readable by its owner alone."""
        self.write(name, json.dumps(document, indent=1))

    def write(self, name: str, text: str) -> None:
        """Write a state file whole or not at all, readable by its owner alone."""
        write_whole(self.state / name, text)

    def load(self, name: str, default: object = None) -> object:
        """Read a JSON state file, or ``default`` where there is none yet."""
        source = self.state / name
        return json.loads(source.read_text("utf-8")) if source.exists() else default


def write_whole(target: Path, text: str, durable: bool = True) -> None:
    """Write a file whole or not at all, readable by its owner alone; ``durable`` is on the disk when this is done."""
    descriptor, draft = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise


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
            "or use the version of the local AWS that made it."
        )
    return lake

"""The files of a landing zone: many of the ordinary kind, and those that a case needs for itself."""

import gzip
import io
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from runner.samples.broken import Broken
from runner.samples.cases import ARCHIVE, FIRMWARE, REDELIVERY, WINDOWS
from runner.samples.events import MAIN, REDELIVERED

BROKEN = "broken"
BYTE_ORDER_MARK = "\ufeff"

_PATHS = {
    REDELIVERY: "{zone}-delivered.json",
    REDELIVERED: "redelivered/{zone}-again.json",
    FIRMWARE: "updates/2023/{zone}-firmware.json",
    WINDOWS: "{zone}-windows.json",
    ARCHIVE: "archive/{zone}.json.gz",
    BROKEN: "{zone}-broken.json",
}


class LandingZone:
    """Writes the files of one zone, ``<directory>/<zone>/landing/``; a context manager that closes them.

    Parameters
    ----------
    directory : Path
        The landing directory.
    zone : str
        ``customer``, ``accelerometer`` or ``step_trainer``.
    rows_a_file : int
        After how many rows the next ordinary file begins.
    """

    def __init__(self, directory: Path, zone: str, rows_a_file: int):
        self._zone = zone
        self._directory = directory / zone / "landing"
        self._rows_a_file = rows_a_file
        self._rows_left = 0
        self._main_files = 0
        self._files: dict[str, IO[str]] = {}
        self._open_files = ExitStack()

    def __enter__(self) -> "LandingZone":
        self._directory.mkdir(parents=True)
        return self

    def __exit__(self, *exception) -> None:
        self._open_files.close()

    def write(self, lines: list[str], file: str = MAIN) -> None:
        """Append lines to the file of a case, or to the ordinary one."""
        if not lines:
            return
        if file == MAIN:
            self._turn_over(len(lines))
        elif file not in self._files:
            self._open(file, _PATHS[file].format(zone=self._zone))
        end = "\r\n\r\n" if file == WINDOWS else "\n"  # so every second line there is blank
        self._files[file].write(end.join(lines) + end)

    def write_broken(self, broken: Broken) -> None:
        """Write the lines that end in quarantine, in a file of their own."""
        self.write([line for line, _ in broken], BROKEN)

    def write_foreign_file(self) -> None:
        """Write a file that is none of the zone's: readers pass over names that begin with ``_``."""
        notes = self._directory / "_in_transit.json"
        notes.write_text("Names that begin with _ or . are no landing files.\n", encoding="utf-8", newline="\n")

    def redeliver(self) -> None:
        """Land the file of the redelivery case once more under another name."""
        self._files[REDELIVERY].flush()
        copy = self._directory / _PATHS[REDELIVERED].format(zone=self._zone)
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(self._directory / _PATHS[REDELIVERY].format(zone=self._zone), copy)

    def _turn_over(self, rows: int) -> None:
        if self._rows_left <= 0:
            if MAIN in self._files:
                self._files[MAIN].close()
            self._main_files += 1
            self._open(MAIN, f"{self._zone}-{self._main_files:04}.json")
            self._rows_left = self._rows_a_file
        self._rows_left -= rows

    def _open(self, file: str, name: str) -> None:
        path = self._directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = self._open_files.enter_context(path.open("wb"))
        if file == ARCHIVE:
            # no name and no time in the header: the same seed gives the same bytes
            stream = self._open_files.enter_context(gzip.GzipFile("", "wb", fileobj=stream, mtime=0))
        written = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        self._files[file] = self._open_files.enter_context(written)
        if file == WINDOWS:
            written.write(BYTE_ORDER_MARK)

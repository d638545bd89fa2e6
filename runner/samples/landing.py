"""The files of a landing zone: many of the ordinary kind, and those that a case needs for itself."""

import gzip
from pathlib import Path

from runner.samples.cases import ARCHIVE, MAIN, REDELIVERED, REDELIVERY, WINDOWS


class LandingZone:
    """Writes the files below ``<directory>/<zone>/landing``, a new ordinary one after so many rows."""

    def __init__(self, directory: Path, zone: str, rows_a_file: int):
        self._zone, self._folder = zone, directory / zone / "landing"
        self._rows_a_file = rows_a_file
        self._number = self._rows_left = 0
        self._folder.mkdir(parents=True)
        # No file of the zone: readers pass over such names.
        (self._folder / "_in_transit.json").write_bytes(b"Names that begin with _ or . are no landing files.\n")

    def write(self, lines: list[str], file: str = MAIN) -> None:
        """Append lines to a file; what the redelivered file holds lands once more, under another name."""
        if not lines:
            return
        if file == MAIN:
            if self._rows_left <= 0:
                self._number, self._rows_left = self._number + 1, self._rows_a_file
            self._rows_left -= len(lines)
        path = self._folder / file.format(zone=self._zone, number=self._number)
        path.parent.mkdir(parents=True, exist_ok=True)
        start, end = ("\ufeff", "\r\n\r\n") if file == WINDOWS else ("", "\n")  # so every second line there is blank
        written = f"{start}{end.join(lines)}{end}".encode()
        with path.open("ab") as stream:
            if file == ARCHIVE:
                # No name and no time in the header: the same seed gives the same bytes. The flush leaves its mark in
                # them too, and stays for the sets that were made before.
                with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed:
                    packed.write(written)
                    packed.flush()
            else:
                stream.write(written)
        if file == REDELIVERY:
            self.write(lines, REDELIVERED)

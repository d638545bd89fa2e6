"""What Spark's Python workers make of landing lines: the records in them, batch by batch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from helpers.landing.contract import Contract
from helpers.landing.layout import TYPES, Layout

RECORD = pa.list_(pa.string())


@dataclass(frozen=True)
class Reader:
    """Reads the lines of a source.

    Parameters
    ----------
    layout : Layout or None
        The lines that have it are read by it; the records are the same.
    files : dict of int to str
        Number of a file -> its name.
    """

    contract: Contract
    layout: Layout | None
    files: dict[int, str]

    @property
    def schema(self) -> str:
        """The columns of what `read` gives, as Spark has them."""
        fields = [f"`{column.name}` {column.type}" for column in self.contract.columns]
        return ", ".join([*fields, "record array<string>", "file string"])

    def read(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The records of lines.

        Parameters
        ----------
        batches : iterable of RecordBatch
            Grain: one line. The line (binary), and the number of its file.

        Yields
        ------
        RecordBatch
            Grain: one record. The fields of the contract, of a line in the layout; of any other, null, and ``record``
            as `helpers.landing.contract.Contract.records` has it; ``file``, where a record is broken.
        """
        for batch in batches:
            lines, numbers = batch.columns
            if self.layout:
                fits = self.layout.fits(lines)
                yield self._batch(self.layout.values(lines.filter(fits)))
                lines, numbers = (column.filter(pc.invert(fits)) for column in (lines, numbers))
            found = [
                (record, self.files[number] if record[0] else None)
                for line, number in zip(lines.to_pylist(), numbers.to_pylist(), strict=True)
                for record in self.contract.records(line)
            ]
            if found:
                records, files = zip(*found, strict=True)
                yield self._batch({"record": pa.array(records, RECORD), "file": pa.array(files, pa.string())})

    def _batch(self, given: dict[str, pa.Array]) -> pa.RecordBatch:
        """Some of the columns, and null in each other one."""
        kinds = {column.name: TYPES[column.type] for column in self.contract.columns}
        kinds |= {"record": RECORD, "file": pa.string()}
        count = len(next(iter(given.values())))
        columns = [given[name] if name in given else pa.nulls(count, kind) for name, kind in kinds.items()]
        return pa.RecordBatch.from_arrays(columns, list(kinds))

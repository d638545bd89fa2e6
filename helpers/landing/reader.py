"""What Spark's Python workers make of landing lines: the records in them, batch by batch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from helpers.landing.contract import Contract
from helpers.landing.layout import TYPES, Layout

TOLD = {"extra": "array<string>", "reason": "string", "file": "string", "line": "string"}
"""Column -> type of what else is told of a record."""
MOST_LAYOUTS = 4
"""In more than these a source does not write; lines of any other are read by the full rules."""


@dataclass(frozen=True)
class Reader:
    """Reads the lines of a source.

    Parameters
    ----------
    layout : Layout or None
        How the source writes nearly all of its lines. Such lines are read together, as are those of its variants that
        are met on the way; the records are the same.
    files : dict of int to str
        Number of a file -> its name.
    """

    contract: Contract
    layout: Layout | None
    files: dict[int, str]

    @property
    def _types(self) -> dict[str, str]:
        return {column.name: column.type for column in self.contract.columns} | TOLD

    @property
    def schema(self) -> str:
        """The columns of what `read` gives, as Spark has them."""
        return ", ".join(f"`{name}` {kind}" for name, kind in self._types.items())

    def read(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The records of lines.

        Parameters
        ----------
        batches : iterable of RecordBatch
            Grain: one line. The line (binary), and the number of its file.

        Yields
        ------
        RecordBatch
            Grain: one record. The fields of the contract; ``extra``, ``reason``, ``file`` and ``line`` as
            `helpers.landing.lines.read_records` has them.
        """
        layouts = [self.layout] if self.layout else []
        for batch in batches:
            lines, numbers = batch.columns
            for layout in layouts:  # which grow meanwhile
                fits = layout.fits(lines)
                yield self._batch(layout.values(lines.filter(fits)))
                lines, numbers = (column.filter(pc.invert(fits)) for column in (lines, numbers))
                if layout is layouts[-1] and len(lines) and len(layouts) < MOST_LAYOUTS:
                    layouts += filter(None, [layout.variant(lines[0].as_py())])
            found = [
                (record, self.files[number])
                for line, number in zip(lines.to_pylist(), numbers.to_pylist(), strict=True)
                for record in self.contract.records(line)
            ]
            if found:
                yield self._batch(self._told(found))

    def _told(self, found: list[tuple[list[str | None], str]]) -> dict[str, pa.Array]:
        """The columns of records, each with its file (`helpers.landing.contract.Contract.records`)."""
        end = 2 + len(self.contract.columns)
        broken = [(reason, file, text) if reason else (None,) * 3 for (reason, text, *_), file in found]
        columns = [*zip(*(record[2:end] for record, _ in found), strict=True)]
        columns += [[record[end:] or None for record, _ in found], *zip(*broken, strict=True)]
        typed = zip(columns, self._types.items(), strict=True)
        return {name: _array(column, TYPES[kind]) for column, (name, kind) in typed}

    def _batch(self, given: dict[str, pa.Array]) -> pa.RecordBatch:
        """Some of the columns, and null in each other one."""
        count = len(next(iter(given.values())))
        columns = [given.get(name, pa.nulls(count, TYPES[kind])) for name, kind in self._types.items()]
        return pa.RecordBatch.from_arrays(columns, list(self._types))


def _array(texts: Iterable, kind: pa.DataType) -> pa.Array:
    """Values as the contract spells them, in a type; or lists of texts."""
    return pa.array(texts, kind) if pa.types.is_list(kind) else pa.array(texts, pa.string()).cast(kind)

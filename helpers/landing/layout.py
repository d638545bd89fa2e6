"""How a source writes nearly all of its lines: Arrow reads such lines together, the full rules any other one by one.

The rules, in Python, take several times what the rest of a step does. The phone app and the device write each line in
one layout, and another version of them in a variant of it: another order, a new field. What has a layout to the letter
means the same under the full rules; what has not (an escape, a number as text) goes through them.
"""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json

from helpers.identity import normal_address
from helpers.landing.contract import CONTRACTS, SPELLINGS

TEXT = r'"[!#-\[\]-~]+"'
"""Printable ASCII without a blank, a quote or a backslash: nothing to trim, nothing to undo."""
TIME = r"(?:9[5-9][0-9]{10}|[1-3][0-9]{12})"
"""Epoch ms from February 2000 to 2096: a bit less than a time may be, told without reading the number."""
FORMS = {
    "string": TEXT,
    "bigint": TIME,
    "double": r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,30})?",
    "int": r"(?:0|[1-9][0-9]{0,8})",
}
"""Type of a column -> how its values look that need no rule to be read."""
TYPES = {
    "string": pa.string(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "int": pa.int32(),
    "date": pa.date32(),
    "array<string>": pa.list_(pa.string()),
}
"""Type of a column -> Arrow's."""
NEW = {
    "text": r'"[ !#-\[\]-~]*"',
    "number": r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?",
    "boolean": "true|false",
}
"""Kind of a field that the contract does not name -> how its values look that are taken as they stand."""
_BEGIN = {'"': "text", **dict.fromkeys("tf", "boolean"), **dict.fromkeys("-0123456789", "number")}
"""First character of a value -> its kind."""
BEGINNING = 4096
"""Bytes of a line in which its fields are looked for: of a line with very many, no layout is made."""
_FIELD = re.compile(r'"(\w+)": ?(.?)', re.ASCII)


@dataclass(frozen=True)
class Layout:
    """One object of these fields in this order, without blanks or with one after each colon and comma.

    Parameters
    ----------
    fields : dict of str to str
        Name -> type of the column; of a field that the contract does not name, its kind.
    """

    fields: dict[str, str]

    def fits(self, lines: pa.BinaryArray) -> pa.BooleanArray:
        """Which lines have this layout."""
        return pc.match_substring_regex(lines, self._expression)

    def variant(self, line: bytes) -> "Layout | None":
        """The layout of a line that has the same fields in any order, and maybe new ones; None where it is none."""
        found = _FIELD.findall(line[:BEGINNING].decode("latin-1"))
        kinds = {name: _BEGIN.get(begin) for name, begin in found} | self._known
        if None in kinds.values() or len({name.lower() for name in kinds}) < len(kinds):
            return None
        layout = Layout(kinds)
        return layout if layout.fits(pa.array([line]))[0].as_py() else None

    def values(self, lines: pa.BinaryArray) -> dict[str, pa.Array]:
        """The values of lines that fit, by their fields, and ``extra`` where there are new ones."""
        schema = pa.schema([(name, TYPES[kind]) for name, kind in self._known.items()])
        if not len(lines):
            return {field.name: pa.nulls(0, field.type) for field in schema}
        together = pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), b"\n")[0].as_buffer()
        table = json.read_json(
            pa.BufferReader(together),
            json.ReadOptions(use_threads=False, block_size=len(together) + 1),
            json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore" if self._new else "error"),
        )
        found = {name: table[name].combine_chunks() for name in self._known}
        # Of an address that is plain ASCII, only the case can vary.
        values = {
            name: pc.ascii_lower(column) if SPELLINGS.get(name) is normal_address else column
            for name, column in found.items()
        }
        return values | {"extra": self._extra(lines)} if self._new else values

    def _extra(self, lines: pa.BinaryArray) -> pa.ListArray:
        """Of each line name, kind and text of each new field in turn, by their names."""
        captured, count, parts = pc.extract_regex(lines, self._expression), len(lines), []
        for name, kind in sorted(self._new.items()):
            text = pc.struct_field(captured, f"new_{name}").cast(pa.string())
            text = pc.utf8_slice_codeunits(text, 1, -1) if kind == "text" else text
            parts += [pa.repeat(name, count), pa.repeat(kind, count), text]
        by_line = np.arange(len(parts) * count).reshape(len(parts), count).T.ravel()
        ends = np.arange(0, len(by_line) + 1, len(parts), "int32")
        return pa.ListArray.from_arrays(ends, pa.concat_arrays(parts).take(by_line))

    @property
    def _known(self) -> dict[str, str]:
        return {name: kind for name, kind in self.fields.items() if kind in TYPES}

    @property
    def _new(self) -> dict[str, str]:
        return {name: kind for name, kind in self.fields.items() if kind in NEW}

    @property
    def _expression(self) -> str:
        """What a line looks like, in which the new fields are groups."""
        looks = {name: FORMS[kind] for name, kind in self._known.items()}
        looks |= {name: f"(?P<new_{name}>{NEW[kind]})" for name, kind in self._new.items()}
        members = ", ?".join(f'"{name}": ?{looks[name]}' for name in self.fields)
        return rf"^\{{{members}\}}[ \t\r]*$"


LAYOUTS = {
    source: Layout({column.name: column.type for column in CONTRACTS[source].columns})
    for source in ("accelerometer", "step_trainer")
}
"""Source -> how it writes nearly all of its lines; customers are written by hand, in many ways."""

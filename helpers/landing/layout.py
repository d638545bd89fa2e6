"""How a source writes nearly all of its lines: Arrow reads such lines together, the full rules any other one by one.

The rules, in Python, take several times what the rest of a step does. The phone app and the device write each line in
one layout. What has that layout to the letter means the same under the full rules; what has not (another order, an
escape, a new field, a number as text) goes through them.
"""

from dataclasses import dataclass

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
TYPES = {"string": pa.string(), "bigint": pa.int64(), "double": pa.float64(), "int": pa.int32(), "date": pa.date32()}
"""Type of a column -> Arrow's."""


@dataclass(frozen=True)
class Layout:
    """One object of these fields in this order, without blanks or with one after each colon and comma.

    Parameters
    ----------
    fields : dict of str to str
        Name -> type of the column.
    """

    fields: dict[str, str]

    def fits(self, lines: pa.BinaryArray) -> pa.BooleanArray:
        """Which lines have this layout."""
        members = ", ?".join(f'"{name}": ?{FORMS[kind]}' for name, kind in self.fields.items())
        return pc.match_substring_regex(lines, rf"^\{{{members}\}}[ \t\r]*$")

    def values(self, lines: pa.BinaryArray) -> dict[str, pa.Array]:
        """The values of lines that fit, by their fields."""
        if not len(lines):
            return {name: pa.nulls(0, TYPES[kind]) for name, kind in self.fields.items()}
        together = pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), b"\n")[0].as_buffer()
        schema = pa.schema([(name, TYPES[kind]) for name, kind in self.fields.items()])
        table = json.read_json(
            pa.BufferReader(together),
            json.ReadOptions(use_threads=False, block_size=len(together) + 1),
            json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
        )
        found = {name: table[name].combine_chunks() for name in self.fields}
        # Of an address that is plain ASCII, only the case can vary.
        return {
            name: pc.ascii_lower(values) if SPELLINGS.get(name) is normal_address else values
            for name, values in found.items()
        }


LAYOUTS = {
    source: Layout({column.name: column.type for column in CONTRACTS[source].columns})
    for source in ("accelerometer", "step_trainer")
}
"""Source -> how it writes nearly all of its lines; customers are written by hand, in many ways."""

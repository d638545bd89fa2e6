"""How a source writes nearly all of its lines: such a line is read by position, the others by the full rules.

Parsing a line as JSON, and each value by a rule of its own, costs several times what the rest of a step does. The phone
app and the device write each line in one layout. What has that layout to the letter means the same under the full
rules; what has not (another order, an escape, a new field, a number as text) goes through them.
"""

from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

from helpers.identity import normal_address
from helpers.landing.contract import CONTRACTS, SPELLINGS

TEXT = r'"[!#-\[\]-~]++"'
"""Printable ASCII without a blank, a quote or a backslash: nothing to trim, nothing to undo."""
TIME = r"(?:9[5-9][0-9]{10}|[1-3][0-9]{12})"
"""Epoch ms from February 2000 to 2096: a bit less than a time may be, told without reading the number."""
FORMS = {
    "string": TEXT,
    "bigint": TIME,
    "double": r"-?+(?:0|[1-9][0-9]{0,14}+)(?:\.[0-9]{1,30}+)?+",
    "int": r"(?:0|[1-9][0-9]{0,8}+)",
}
"""Type of a column -> how its values look that need no rule to be read."""


@dataclass(frozen=True)
class Layout:
    """One object of these fields in this order, without blanks or with one after each colon and comma.

    Parameters
    ----------
    fields : dict of str to str
        Name -> type of the column.
    """

    fields: dict[str, str]

    def fits(self, line: str) -> Column:
        """Whether a line has this layout; ``line`` names the column."""
        members = ", ?".join(f'"{name}": ?{FORMS[kind]}' for name, kind in self.fields.items())
        return F.col(line).rlike(rf"^\{{{members}\}}$")

    def value(self, line: str, name: str) -> Column:
        """A field's value; of a line that `fits`."""
        if self.fields[name] == "string":
            # By counting quotes, which only names and strings have: that is quicker than to seek the name.
            kinds = list(self.fields.values())[: list(self.fields).index(name) + 1]
            quotes = 2 * (len(kinds) + kinds.count("string"))
            text = F.substring_index(F.substring_index(F.col(line), '"', quotes), '"', -1)
            # Of an address that is plain ASCII, only the case can vary.
            return F.lower(text) if SPELLINGS.get(name) is normal_address else text
        end = "}" if name == list(self.fields)[-1] else ","
        # Under ANSI a cast stops at a text that is no number, as another line may have there; Spark 3.5 has the one
        # that does not in SQL alone.
        text = f"substring_index(substring_index({line}, '\"{name}\":', -1), '{end}', 1)"
        return F.expr(f"try_cast({text} AS {self.fields[name]})")


LAYOUTS = {
    source: Layout({column.name: column.type for column in CONTRACTS[source].columns})
    for source in ("accelerometer", "step_trainer")
}
"""Source -> how it writes nearly all of its lines; customers are written by hand, in many ways."""

"""The tables that have versions, and who is in them."""

from helpers.tables import TABLES, VERSIONED
from runner.errors import UserError

PERSON = {name: TABLES[name].person for name in VERSIONED if TABLES[name].person}
"""Table -> the column that says whose row it is."""


def check_table(table: str) -> str:
    """The name of a table that has versions, in the spelling of the catalog.

    Raises
    ------
    UserError
        Naming the tables that there are.
    """
    name = table.strip().lower()
    if name not in VERSIONED:
        raise UserError(f"There is no table {table!r} with versions. The tables are: {', '.join(VERSIONED)}.")
    return name

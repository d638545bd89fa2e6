"""The tables that have versions, and who is in them."""

from helpers.settings import ZONES
from runner.errors import UserError

PERSON = {
    "customer_trusted": "email",
    "accelerometer_trusted": "user",
    "customers_curated": "email",
    "step_trainer_trusted": "serialNumber",
    "machine_learning_curated": "participantId",
}
"""Table -> the column that says whose row it is."""

VERSIONED = tuple(table for table in ZONES if not table.endswith("_landing"))


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

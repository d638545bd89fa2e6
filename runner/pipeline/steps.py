"""The steps of a batch, in one readable declaration: what each notebook reads and writes. The order follows from it."""

from dataclasses import dataclass

from helpers.tables import CURATED, LANDING, TABLES, TRUSTED, tables_of
from runner.errors import UserError


@dataclass(frozen=True)
class Step:
    """One notebook of the batch, by its name."""

    name: str
    reads: tuple[str, ...] = ()
    """Tables. A step waits for every step that writes one of them."""
    records: tuple[str, ...] = ()
    """Steps whose records it reads (`helpers.records`), where they are there."""
    declares: tuple[str, ...] = ()
    """Tables that it declares and that are not the lakehouse's own."""

    @property
    def writes(self) -> tuple[str, ...]:
        """The tables that it writes or declares, as `helpers.tables` says."""
        return tuple(table.name for table in TABLES.values() if table.step == self.name) + self.declares


_MOVING = tuple(dict.fromkeys(table.step for table in TABLES.values() if table.zone != LANDING))
"""The steps that move rows, and account for them."""
_STEPS = (
    Step("01_landing_tables", declares=("runs",)),
    Step("02_customer_landing_to_trusted", ("customer_landing",)),
    Step("03_accelerometer_landing_to_trusted", ("accelerometer_landing", "customer_register", "customer_trusted")),
    Step("04_customer_trusted_to_curated", ("customer_trusted", "accelerometer_trusted")),
    Step("05_step_trainer_landing_to_trusted", ("step_trainer_landing", "customer_register", "customers_curated")),
    Step("06_machine_learning_curated", ("step_trainer_trusted", "accelerometer_trusted", "customer_register")),
    Step("07_athena_checks", tables_of(TRUSTED, CURATED), records=_MOVING),
    Step("08_explore_curated", ("machine_learning_curated",), records=("03_accelerometer_landing_to_trusted",)),
)
STEPS = {step.name: step for step in _STEPS}
"""Name -> step. The order of the declaration is an order that fits."""


def needed_steps(step: str) -> tuple[str, ...]:
    """The steps that write what a step reads."""
    return tuple(name for name, other in STEPS.items() if set(other.writes) & set(STEPS[step].reads))


def find_step(name: str) -> str:
    """The step that a user means by its number (``3``, ``03``), its name, or its name without the number."""
    wanted = name.removesuffix(".ipynb")
    for step in STEPS:
        number, rest = step.split("_", 1)
        if wanted in (step, rest, number, number.lstrip("0")):
            return step
    raise UserError(f"There is no step {name!r}. The steps are: {', '.join(STEPS)}.")


def choose_steps(only: str | None = None, first: str | None = None) -> list[str]:
    """The steps of a run: all, one alone, or all from one on."""
    if only is not None and first is not None:
        raise UserError("--only and --from exclude each other: name one of them.")
    if only is not None:
        return [find_step(only)]
    names = list(STEPS)
    return names[names.index(find_step(first)) :] if first is not None else names

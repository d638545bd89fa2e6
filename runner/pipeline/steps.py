"""The steps of a batch, in one readable declaration: what each notebook reads and writes. The order follows from it."""

from dataclasses import dataclass

from runner.errors import UserError

LANDING = ("customer_landing", "accelerometer_landing", "step_trainer_landing")
TABLES = (
    "customer_trusted",
    "accelerometer_trusted",
    "customers_curated",
    "step_trainer_trusted",
    "machine_learning_curated",
)


@dataclass(frozen=True)
class Step:
    """One notebook of the batch.

    Parameters
    ----------
    reads, writes : tuple of str
        Tables. A step waits for every step that writes a table it reads.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


STEPS = {
    "01_landing_tables": Step(writes=LANDING),
    "02_customer_landing_to_trusted": Step(
        reads=("customer_landing",), writes=("customer_register", "customer_trusted", "quarantine_customer")
    ),
    "03_accelerometer_landing_to_trusted": Step(
        reads=("accelerometer_landing", "customer_register", "customer_trusted"),
        writes=("accelerometer_trusted", "quarantine_accelerometer"),
    ),
    "04_customer_trusted_to_curated": Step(
        reads=("customer_trusted", "accelerometer_trusted"), writes=("customers_curated",)
    ),
    "05_step_trainer_landing_to_trusted": Step(
        reads=("step_trainer_landing", "customer_register", "customers_curated"),
        writes=("step_trainer_trusted", "quarantine_step_trainer"),
    ),
    "06_machine_learning_curated": Step(
        reads=("step_trainer_trusted", "accelerometer_trusted", "customer_register"),
        writes=("machine_learning_curated",),
    ),
    "07_athena_checks": Step(reads=(*LANDING, *TABLES)),
    "08_explore_curated": Step(reads=("machine_learning_curated",)),
}
"""Notebook -> what it reads and writes. The order of the declaration is an order that fits."""


def needed_steps(step: str) -> tuple[str, ...]:
    """The steps that write what a step reads."""
    return tuple(name for name, other in STEPS.items() if set(other.writes) & set(STEPS[step].reads))


def find_step(name: str) -> str:
    """The step that a user means by its number (``3``, ``03``), its name, or its name without the number.

    Raises
    ------
    UserError
        Listing the steps.
    """
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

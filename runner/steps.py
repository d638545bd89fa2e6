"""The steps of a batch, in one readable declaration: which notebook needs which."""

from runner.errors import UserError

STEPS = {
    "01_landing_tables": (),
    "02_customer_landing_to_trusted": ("01_landing_tables",),
    "03_accelerometer_landing_to_trusted": ("02_customer_landing_to_trusted",),
    "04_customer_trusted_to_curated": ("03_accelerometer_landing_to_trusted",),
    "05_step_trainer_landing_to_trusted": ("04_customer_trusted_to_curated",),
    "06_machine_learning_curated": ("05_step_trainer_landing_to_trusted",),
    "07_athena_checks": ("06_machine_learning_curated",),
    "08_explore_curated": ("07_athena_checks",),
}
"""Step -> the steps that must have succeeded before it. The order of the declaration is an order that fits."""


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
    if only and first:
        raise UserError("--only and --from exclude each other: name one of them.")
    if only:
        return [find_step(only)]
    names = list(STEPS)
    return names[names.index(find_step(first)) :] if first else names

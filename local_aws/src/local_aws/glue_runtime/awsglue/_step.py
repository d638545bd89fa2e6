"""What is refused by name, and how Spark is asked for columns by their names."""

import contextlib
from collections.abc import Collection, Iterable, Iterator
from typing import NoReturn

from pyspark.sql import SparkSession


def quoted(name: str) -> str:
    """A column's name as an expression, whatever characters it has."""
    return "`" + name.replace("`", "``") + "`"


@contextlib.contextmanager
def exact_names() -> Iterator[None]:
    """Let Spark resolve names of columns by their case too: to a DynamicFrame ``Battery`` is not ``battery``."""
    settings, setting = SparkSession.active().conf, "spark.sql.caseSensitive"
    before = settings.get(setting)
    settings.set(setting, "true")
    try:
        yield
    finally:
        settings.set(setting, before)


def refuse(what: str) -> NoReturn:
    """Refuse something that Glue has and the local runtime has not."""
    raise NotImplementedError(f"{what} is not in the local Glue runtime: run this on AWS Glue.")


def refuse_attribute(owner: object, name: str) -> NoReturn:
    """Answer a look-up of an attribute that is not there: Python's own are asked for by many, Glue's are refused."""
    if name.startswith("_"):
        raise AttributeError(f"{type(owner).__name__!r} object has no attribute {name!r}")
    refuse(f"{type(owner).__name__}.{name}")


def check_options(owner: str, options: Iterable[str], known: Collection[str]) -> None:
    """Refuse an option that would otherwise be passed over in silence."""
    for name in options:
        if name not in known:
            refuse(f"The option {name} of {owner}")

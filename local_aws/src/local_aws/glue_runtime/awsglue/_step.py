"""What every transform of AWS's library takes besides its own arguments, and what is refused by name."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Collection, Iterator
from typing import Any, NoReturn, TypeVar

from pyspark.sql import SparkSession

Method = TypeVar("Method", bound=Callable[..., Any])

_STANDARD = {"transformation_ctx": "", "info": "", "stageThreshold": 0, "totalThreshold": 0}


def glue_step(method: Method) -> Method:
    """Give a method AWS's trailing arguments: transformation_ctx, info, stageThreshold, totalThreshold.

    The first two only name things in bookmarks and messages. A threshold would end the job at that many errors; as
    the local runtime counts errors late, a threshold is refused.
    """
    own = list(inspect.signature(method).parameters.values())
    extra = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=value)
        for name, value in _STANDARD.items()
    ]
    signature = inspect.Signature([*own, *extra])

    @functools.wraps(method)
    def step(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        if bound.arguments.get("stageThreshold") or bound.arguments.get("totalThreshold"):
            refuse(f"An error threshold in {method.__name__}")
        with exact_names():
            return method(**{name: value for name, value in bound.arguments.items() if name not in _STANDARD})

    step.__signature__ = signature
    return step


def exact_names() -> contextlib.AbstractContextManager[None]:
    """Let Spark resolve names of columns by their case too: to a DynamicFrame ``Battery`` is not ``battery``."""
    return switched_on("spark.sql.caseSensitive")


@contextlib.contextmanager
def switched_on(setting: str) -> Iterator[None]:
    """While it lasts, a setting of Spark's is true."""
    settings = SparkSession.active().conf
    before = settings.get(setting)
    settings.set(setting, "true")
    try:
        yield
    finally:
        settings.set(setting, before)


def refuse(what: str) -> NoReturn:
    """Refuse something that Glue has and the local runtime has not."""
    raise NotImplementedError(f"{what} is not in the local Glue runtime: run this on AWS Glue.")


def refuse_attribute(owner: str, name: str, not_here: Collection[str]) -> NoReturn:
    """Answer a look-up of an attribute that is not there: refused where Glue has it, else AttributeError."""
    if name in not_here:
        refuse(f"{owner}.{name}")
    raise AttributeError(f"{owner!r} object has no attribute {name!r}")


def check_options(owner: str, options: Collection[str], known: Collection[str]) -> None:
    """Refuse an option that would otherwise be passed over in silence."""
    for name in options:
        if name not in known:
            refuse(f"The option {name} of {owner}")

"""What the answerers of the Data Catalog's actions have in common."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from local_aws.errors import AwsError
from local_aws.glue.catalog.state import CatalogState, Table

Answer = Callable[[CatalogState, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Answerer:
    """Who answers one action."""

    answer: Answer
    parameters: frozenset[str]
    """The parameters that are heeded; any other one is refused rather than ignored."""

    changes: bool
    """Whether the action changes the catalog."""


def reads(answer: Answer, *parameters: str) -> Answerer:
    """An action that leaves the catalog as it is."""
    return Answerer(answer, frozenset(parameters), changes=False)


def changes(answer: Answer, *parameters: str) -> Answerer:
    """An action that changes the catalog."""
    return Answerer(answer, frozenset(parameters), changes=True)


def fold(name: str) -> str:
    """A name as the catalog stores and seeks it.

    AWS Glue Developer Guide, "Tables API": "For Hive compatibility, this is folded to lowercase when it is stored."
    """
    return name.lower()


def table_of(state: CatalogState, payload: dict[str, Any], parameter: str = "TableName") -> Table:
    """The table that a request names."""
    return state.table(fold(payload["DatabaseName"]), fold(payload[parameter]))


def each(act: Callable[[Any], None], entries: Iterable[Any], name: str, named: Callable[[Any], Any]) -> dict[str, Any]:
    """Do something with each entry of a batch; the answer tells which were refused, by what each is named."""
    errors = []
    for entry in entries:
        try:
            act(entry)
        except AwsError as error:
            detail = {"ErrorCode": error.code, "ErrorMessage": error.message}
            errors.append({name: named(entry), "ErrorDetail": detail})
    return {"Errors": errors}

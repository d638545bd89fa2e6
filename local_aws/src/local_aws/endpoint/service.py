"""What every service that speaks AWS JSON looks like, and how one whose state is documents knows its actions."""

import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from local_aws.errors import not_supported


class Service(Protocol):
    """A service that speaks one of AWS's JSON protocols (Glue, Athena, Secrets Manager)."""

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer an action in the shapes of AWS's API, times in epoch seconds; raises `AwsError`."""
        ...


@dataclass(frozen=True)
class Answerer:
    """Who answers one action."""

    answer: Callable[[Any, dict[str, Any]], dict[str, Any]]
    """Called with the service's state and the request."""

    parameters: frozenset[str]
    """The parameters that are heeded; any other one is refused rather than ignored."""

    changes: bool
    """Whether the action changes the state."""


def reads(answer: Callable[[Any, dict[str, Any]], dict[str, Any]], *parameters: str) -> Answerer:
    """An action that leaves the state as it is."""
    return Answerer(answer, frozenset(parameters), changes=False)


def changes(answer: Callable[[Any, dict[str, Any]], dict[str, Any]], *parameters: str) -> Answerer:
    """An action that changes the state."""
    return Answerer(answer, frozenset(parameters), changes=True)


class StoredService:
    """A service over documents, whose ``state`` has the ``transaction`` of its `Store`.

    One lock lets one call in at a time, so that what a call compares and what it changes are one step. A call that
    changes something is answered when the change is on the disk.
    """

    def __init__(self, name: str, state: Any, answerers: Mapping[str, Answerer]):
        self._name, self._state, self._answerers = name, state, answerers
        self._lock = threading.Lock()

    def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer one action; others, and parameters that would be without effect, are refused by name."""
        if action not in self._answerers:
            raise not_supported(self._name, action)
        answerer = self._answerers[action]
        for name in payload.keys() - answerer.parameters:
            raise not_supported(self._name, f"{action} with {name}")
        with self._lock, self._state.transaction() if answerer.changes else nullcontext():
            return answerer.answer(self._state, payload)

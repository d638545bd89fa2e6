"""What Athena keeps in the lake: workgroups and prepared statements."""

import threading
from typing import Any

from local_aws.lake import Lake
from local_aws.store import Store


class AthenaRecords:
    """Documents under names, in ``athena.sqlite`` of the lake's state."""

    def __init__(self, lake: Lake):
        self._store = Store(lake, "athena.sqlite")
        self._lock = threading.Lock()

    def get(self, *key: str) -> dict[str, Any] | None:
        """A document, None where there is none."""
        with self._lock:
            return self._store.get(key)

    def put(self, *key: str, document: dict[str, Any]) -> None:
        """Write a document."""
        with self._lock:
            self._store.put(key, document)

    def delete(self, *key: str) -> None:
        """Remove a document, where there is one."""
        with self._lock:
            self._store.delete(key)

    def items(self, *under: str) -> list[dict[str, Any]]:
        """The documents one name below a key, in the order of their names."""
        with self._lock:
            return [document for _, document in self._store.items(len(under) + 1, under)]

"""The failure of one query: Athena's error name and message, as they stand in ``StateChangeReason``."""

SYSTEM, USER, OTHER = 1, 2, 3
"""Athena's error categories (API reference, ``AthenaError``)."""


class QueryFailed(Exception):
    """A query that was accepted and then failed.

    Parameters
    ----------
    name : str
        Trino's error name, such as ``TABLE_NOT_FOUND``.
    message : str
        What went wrong, with the position in the query where it is known.
    """

    def __init__(self, name: str, message: str):
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message

    @property
    def category(self) -> int:
        """Whether the user or the engine is to blame, in Athena's numbers."""
        return SYSTEM if self.name.startswith("GENERIC_INTERNAL") else USER


def unsupported(what: str) -> QueryFailed:
    """The loud refusal of something that Athena can do and this engine cannot do faithfully."""
    return QueryFailed("NOT_SUPPORTED", f"The local Athena does not support {what}. Run this against an AWS account.")

"""The errors of the lakehouse: each says what is missing, what was found and what to do."""


class LakehouseError(Exception):
    """The base of every error that a notebook raises on purpose."""


class BadParameter(LakehouseError):
    """A parameter is unknown or has a value that it cannot have."""


class EmptyLanding(LakehouseError):
    """A landing prefix holds no row to read."""


class LandingIncomplete(LakehouseError):
    """Files that have landed would not be read, or not whole."""


class BrokenSource(LakehouseError):
    """So much of a source cannot be read, or a table would lose so many rows, that it is no night like any other."""


class ReconciliationFailed(LakehouseError):
    """The rows that a step read are not the sum of what it did with them."""


class AuditFailed(LakehouseError):
    """A staged table breaks a rule; it was not published."""


class NotPublished(LakehouseError):
    """A table that this step reads does not exist yet."""


class LostRace(LakehouseError):
    """Somebody else published the table between our look and our update; nothing was overwritten."""


class CheckFailed(LakehouseError):
    """An Athena check, which must return no row, returned some."""


class QueryFailed(LakehouseError):
    """Athena could not answer a query, and says why."""


class MissingSecret(LakehouseError):
    """The key of the participant ids cannot be read from Secrets Manager."""


class NoSuchVersion(LakehouseError):
    """A table has no version to go back to, or not the one that was named."""

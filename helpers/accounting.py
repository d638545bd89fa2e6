"""Every row is accounted for: rows read = kept + excluded (by named reason) + quarantined + duplicates."""

from dataclasses import dataclass, field

from helpers.errors import ReconciliationFailed


@dataclass(frozen=True)
class Accounting:
    """What became of the rows that a step read.

    ``read``, ``kept`` and ``duplicates`` are numbers of rows; ``excluded`` and ``quarantined`` map a reason to a
    number. ``extended`` is the number of kept rows with fields that their source's contract does not name.
    """

    read: int
    kept: int
    excluded: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    extended: int = 0

    @property
    def explained(self) -> int:
        """The rows whose fate is known."""
        return self.kept + sum(self.excluded.values()) + sum(self.quarantined.values()) + self.duplicates

    def check(self) -> "Accounting":
        """Return itself if it adds up.

        Raises
        ------
        ReconciliationFailed
            With both sides of the sum.
        """
        if self.read != self.explained:
            raise ReconciliationFailed(f"Read {self.read:,} rows, but can explain {self.explained:,}: {self.rows()}.")
        return self

    def rows(self) -> dict:
        """The accounting as it stands in run records and in run.json."""
        return {
            "read": self.read,
            "kept": self.kept,
            "excluded": self.excluded,
            "quarantined": sum(self.quarantined.values()),
            "duplicates": self.duplicates,
        }

    def __str__(self) -> str:
        lines = [("read", self.read), ("kept", self.kept)]
        lines += [(f"excluded: {reason}", count) for reason, count in self.excluded.items()]
        lines += [(f"quarantined: {reason}", count) for reason, count in self.quarantined.items()]
        lines += [("duplicates", self.duplicates)]
        return "\n".join(f"{label:<28}{count:>14,}" for label, count in lines)

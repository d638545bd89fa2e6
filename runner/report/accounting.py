"""The account of a step's rows: every row read is kept, excluded, quarantined or a duplicate."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Branch:
    """One way that rows took through a step.

    Parameters
    ----------
    kind : str
        ``kept``, ``excluded``, ``quarantined``, ``duplicates`` or ``unaccounted``.
    label : str
        The name that a reader sees: the reason of an exclusion, else the kind.
    rows : int
        How many rows went this way.
    """

    kind: str
    label: str
    rows: int

    @property
    def name(self) -> str:
        """The label as words; a reason of an exclusion is a technical name."""
        return "duplicate" if self.kind == "duplicates" and self.rows == 1 else self.label.replace("_", " ")

    @property
    def text(self) -> str:
        """The branch in words, such as ``474 no consent``."""
        return f"{self.rows:,} {self.name}"


@dataclass(frozen=True)
class Account:
    """The row accounting of one step, as its run record states it."""

    read: int
    kept: int
    quarantined: int
    duplicates: int
    excluded: Mapping[str, int] = field(default_factory=dict)

    @property
    def excluded_rows(self) -> int:
        """Rows left out, over all named reasons."""
        return sum(self.excluded.values())

    @property
    def gap(self) -> int:
        """Rows read that no part names; negative where the parts are more than what was read."""
        return self.read - self.kept - self.excluded_rows - self.quarantined - self.duplicates

    @property
    def balanced(self) -> bool:
        """Whether read = kept + excluded + quarantined + duplicates."""
        return self.gap == 0

    def branches(self) -> list[Branch]:
        """Every way that rows took, the kept ones first; ways that nobody took are listed with 0."""
        ways = [Branch("kept", "kept", self.kept)]
        ways += [Branch("excluded", reason, rows) for reason, rows in self.excluded.items()]
        ways += [Branch("quarantined", "quarantined", self.quarantined)]
        ways += [Branch("duplicates", "duplicates", self.duplicates)]
        if not self.balanced:
            ways.append(Branch("unaccounted", "unaccounted", self.gap))
        return ways


def account_of(rows: Mapping | None) -> Account | None:
    """The account in the ``rows`` of a step of run.json, or None for a step that keeps none.

    Raises
    ------
    KeyError
        If ``rows`` lacks one of the parts: a missing part is not a zero.
    """
    if rows is None:
        return None
    return Account(
        read=rows["read"],
        kept=rows["kept"],
        quarantined=rows["quarantined"],
        duplicates=rows["duplicates"],
        excluded=dict(rows["excluded"]),
    )

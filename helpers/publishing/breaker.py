"""The circuit breaker: a broken source never empties a table.

A step fails before it publishes where much of its source cannot be read, or where its table would lose more than half
of its rows. Both happen by mistake (an export in another format, a file that was cut off) far more often than on
purpose; ``accept_loss=yes`` lets one run do it.
"""

import re
from collections import Counter
from urllib.parse import unquote

from pyspark.sql import DataFrame

from helpers.accounting import Accounting
from helpers.errors import BrokenSource
from helpers.settings import Settings
from helpers.tables import MALFORMED

FEWEST = 10
"""So many lines at least have to be unreadable before their share counts."""
LARGEST_SHARE_MALFORMED = 0.2
"""Of the lines that are no JSON object: a format that is not what it should be."""
LARGEST_SHARE_QUARANTINED = 0.5
"""Of the lines that break any rule: objects of another source, or of another meaning."""
SAMPLE = 1000
"""How many unreadable lines are looked at to guess why."""
KEPT_TABLES = "Nothing was published, and yesterday's tables stay."
ACCEPT = "or accept it for one run: --set accept_loss=yes"

ARRAY = "The file is a JSON array, and not one object a line: jq -c '.[]' FILE > NEW"
PRETTY_PRINTED = "The objects are pretty-printed, each over several lines: jq -c . FILE > NEW"
CAUSES = (
    (
        re.compile(r"^(\x1f|BZh[1-9]|PK\x03\x04|\\x1f|\(\\xb5/\\xfd)"),
        "The file is packed, but its name does not say so: give it the ending .gz or .bz2, or unpack it",
    ),
    (
        re.compile(r"\x00|\\x[89a-f][0-9a-f]|\ufffd"),
        "The file is in another encoding: iconv -f LATIN1 (or UTF-16) -t UTF-8 FILE > NEW",
    ),
    (re.compile(r"^\s*[\[\]]|\}\s*,$"), ARRAY),
    (re.compile(r'^\s*(\{|\}|"[^"]*"\s*:.*?),?$'), PRETTY_PRINTED),
    (
        re.compile(r"^[^{}\[\]]*[,;\t][^{}\[\]]*$"),
        "The file is no JSON but a table with separators (CSV): export it as JSON lines",
    ),
    (
        re.compile(r"^\{.*\}$"),
        "The lines are JSON objects, but not of this source: look at their field names and values",
    ),
)
"""How unreadable lines look, and what is likely wrong with a file of such lines; the first that fits a line holds."""


def check_readable(settings: Settings, source: str, classified: DataFrame, accounting: Accounting) -> None:
    """Refuse to go on where a source is broken.

    So it is where at least ten of its lines, and more than a fifth, are no JSON object, or more than half break a rule.
    Of each line that cannot be read, ``classified`` has ``reason``, ``file`` and ``line``.

    Raises
    ------
    BrokenSource
        With their share, the reasons, where most of them stand, the likely cause and how to mend it. No line is quoted.
    """
    broken, malformed = sum(accounting.quarantined.values()), accounting.quarantined.get(MALFORMED, 0)
    if not (
        _are_many(malformed, LARGEST_SHARE_MALFORMED * accounting.read)
        or _are_many(broken, LARGEST_SHARE_QUARANTINED * accounting.read)
    ):
        return
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in accounting.quarantined.items())
    found = f"{broken:,} of {accounting.read:,} lines of {source}/landing/ cannot be read ({reasons})"
    if settings.accept_loss == "yes":
        print(f"{found}. Accepted for this run.")
        return
    sample = classified.where("reason is not null").select("file", "line").limit(SAMPLE).collect()
    files = Counter(unquote(row["file"]).rpartition("/")[2] for row in sample)
    cause = likely_cause([row["line"] for row in sample])
    raise BrokenSource(
        f"{found}, such as in {files.most_common(1)[0][0]}. {cause}. {KEPT_TABLES} "
        f"Mend the source and run again, {ACCEPT}."
    )


def _are_many(lines: int, most: float) -> bool:
    return lines >= FEWEST and lines > most


def likely_cause(lines: list[str]) -> str:
    """What is probably wrong with a file of such lines, and how to mend it."""
    fitting = Counter(next((cause for form, cause in CAUSES if form.search(line)), None) for line in lines)
    cause, count = fitting.most_common(1)[0]
    if cause is None or 2 * count < len(lines):
        return "The lines have no form that tells why: look at the file"
    if cause == PRETTY_PRINTED and fitting[ARRAY]:
        return ARRAY  # of such objects
    return cause


def check_kept(settings: Settings, table: str, before: int | None, now: int) -> None:
    """Refuse to publish a table that would lose more than half of its rows.

    ``before`` is how many rows the published table has, or None where it was made under other parameters.

    Raises
    ------
    BrokenSource
        With both numbers.
    """
    if before is None or 2 * now >= before:
        return
    found = f"{table} would lose {before - now:,} of its {before:,} rows"
    if settings.accept_loss == "yes":
        print(f"{found}. Accepted for this run.")
        return
    raise BrokenSource(
        f"{found} under the same parameters. {KEPT_TABLES} Look what the step excluded and whether all of the landing "
        f"files are there and whole; {ACCEPT}."
    )

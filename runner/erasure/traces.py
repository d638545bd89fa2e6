"""What people leave in texts: their e-mail addresses, names, serial numbers and participant ids, however spelled."""

import html
import json
import re
from collections.abc import Iterable
from enum import Enum
from urllib.parse import unquote

from runner.erasure.people import SHORTEST, People
from runner.report.masking import MASK

ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
CHARACTER_REFERENCE = re.compile(r"&#?\w+;")


class Verdict(Enum):
    """Whose a line or a value is."""

    OWN = "own"
    """It is theirs: it goes."""
    MENTION = "mention"
    """It is somebody else's and mentions them: it stays, and the mention is masked."""
    NOTHING = "nothing"
    """They are not in it."""


class Traces:
    """The search for some people.

    Parameters
    ----------
    people : People
        Whom to seek.
    """

    def __init__(self, people: People):
        self.people = people
        keys = people.emails | people.ids | {serial for serial in people.serials if len(serial) >= SHORTEST}
        self._keys, self._all = _Sought(keys, people.others), _Sought(keys | people.names, people.others)
        self._devices = [device.lower() for device in people.devices if len(device) < SHORTEST or device not in keys]

    def stands_in(self, text: str) -> bool:
        """Whether a text that no row belongs to (a report, a log) names them, be it by the name alone."""
        return self._all.found(text)

    def mask(self, text: str) -> str:
        """A text without them; lines that do not name them are as they were."""
        lines = text.split("\n")
        return "\n".join(self._all.mask(line) if self._all.found(line) else line for line in lines)

    def may_concern(self, lines: str) -> bool:
        """Whether a block of lines has to be looked at line by line."""
        if self._keys.found(lines):
            return True
        lowered = _undone(lines).lower() if self._devices else ""
        return any(device in lowered for device in self._devices)

    def judge_line(self, line: str) -> Verdict:
        """Whose a line of a landing file is: a record of theirs, or one of somebody else."""
        if not self.may_concern(line):
            return Verdict.NOTHING
        try:
            record = json.loads(line.strip().removeprefix("\ufeff"))
        except ValueError:
            record = None
        if not isinstance(record, dict):
            return Verdict.OWN if self._keys.found(line) else Verdict.NOTHING
        fields = {name.lower(): value for name, value in record.items()}
        owners = [str(fields[name]).strip() for name in ("email", "user") if fields.get(name)]
        if any(self.judge_value(name, value, any(owners)) is Verdict.OWN for name, value in fields.items()):
            return Verdict.OWN
        for owner in owners:  # somebody else's address may have one of theirs as a part
            line = line.replace(owner, "")
        return Verdict.MENTION if self._keys.found(line) else Verdict.NOTHING

    def judge_value(self, column: str, value: object, owned: bool) -> Verdict:
        """Whose a row is, as far as one of its fields says so.

        Parameters
        ----------
        column : str
            The field's name.
        owned : bool
            Whether the row names its person by e-mail address, so that the device does not decide.
        """
        name, text = column.lower(), "" if value is None else str(value)
        if name == "record":
            return self.judge_line(text)
        if name in ("email", "user"):
            return Verdict.OWN if text.strip().lower() in self.people.emails else Verdict.NOTHING
        if name == "serialnumber" and not owned and text.strip() in self.people.devices:
            return Verdict.OWN
        if name == "participantid" and text in self.people.ids:
            return Verdict.OWN
        return Verdict.MENTION if self._keys.found(text) else Verdict.NOTHING


class _Sought:
    """Values that are sought as sequences of characters, whatever the case and the escapes."""

    def __init__(self, values: Iterable[str], others: Iterable[str]):
        values = sorted({value.lower() for value in values}, key=len, reverse=True)
        # Where somebody else's longer value stands, the shorter one is a part of it and not a trace.
        longer = sorted(
            {other.lower() for other in others if any(value in other.lower() for value in values)},
            key=len,
            reverse=True,
        )
        self._values, self._longer = values, longer
        self._plain = re.compile(_choice(longer, values, re.escape))
        self._spelled = re.compile(_choice(longer, values, _spelled), re.IGNORECASE)

    def found(self, text: str) -> bool:
        lowered = text.lower()
        undone = _undone(text).lower()
        return self._stands_in(lowered) or (undone != lowered and self._stands_in(undone))

    def _stands_in(self, lowered: str) -> bool:
        if not any(value in lowered for value in self._values):
            return False
        return not self._longer or any(match["found"] for match in self._plain.finditer(lowered))

    def mask(self, text: str) -> str:
        return self._spelled.sub(lambda match: MASK if match["found"] else match[0], text)


def _choice(longer: list[str], values: list[str], spell) -> str:
    return f"(?:{'|'.join(map(spell, longer)) or '(?!)'})|(?P<found>{'|'.join(map(spell, values)) or '(?!)'})"


def _undone(text: str) -> str:
    """A text without JSON's, HTML's and URLs' escapes."""
    if "\\u" in text:
        text = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if "&" in text and CHARACTER_REFERENCE.search(text):
        text = html.unescape(text)
    return unquote(text) if "%" in text else text


def _spelled(value: str) -> str:
    """A pattern for a value, each of its characters as it is or escaped as in JSON, HTML or a URL."""
    return "".join(map(_spelled_character, value))


def _spelled_character(character: str) -> str:
    codes = {ord(character), ord(character.upper()[0])}
    ways = [re.escape(character), "".join(f"%{byte:02x}" for byte in character.encode())]
    for code in codes:
        ways += [rf"\\+u{code:04x}", f"&#0*{code};", f"&#x0*{code:x};"]
    if character == " ":
        ways.append(r"\+")
    if character == "@":
        ways.append("&commat;")
    return f"(?:{'|'.join(ways)})"

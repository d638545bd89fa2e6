"""What people leave in texts: their e-mail addresses, names, serial numbers and participant ids, however spelled."""

import html
import re
from collections.abc import Iterable
from enum import Enum
from unicodedata import normalize
from urllib.parse import unquote

from helpers.identity import fold, normal_address, normal_serial, trim
from helpers.landing.parsing import Fields, read_line
from runner.privacy.people import SHORTEST, People
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
        serials = {serial for serial in people.serials if len(serial) >= SHORTEST}
        keys = people.emails | people.spellings | people.ids | serials
        self._keys, self._all = _Sought(keys, people.others), _Sought(keys | people.names, people.others)
        self._broken = _Sought(keys | people.names | people.phones, people.others)
        self._devices = [fold(device) for device in people.devices if len(device) < SHORTEST or device not in keys]

    def stands_in(self, text: str) -> bool:
        """Whether a text that no row belongs to (a report, a log) names them, be it by the name alone."""
        return self._all.found(text)

    def mask(self, text: str) -> str:
        """A text without them; lines that do not name them are as they were.

        A line in which they are spelled so that nobody can say where they begin goes as a whole.
        """
        return "\n".join(self._masked_line(line) if self._all.found(line) else line for line in text.split("\n"))

    def _masked_line(self, line: str) -> str:
        masked = self._all.mask(line)
        return MASK if self._all.found(masked) else masked

    def mask_record(self, text: str) -> str:
        """Somebody else's record without a mention of them, as far as it can be told where they are named."""
        return self._all.mask(text)

    def may_concern(self, lines: str) -> bool:
        """Whether a block of lines has to be looked at line by line."""
        if self._broken.found(lines):
            return True
        folded = fold(_undone(lines)) if self._devices else ""
        return any(device in folded for device in self._devices)

    def judge_line(self, line: str) -> Verdict:
        """Whose a line is that was read by itself; of several objects in it the gravest verdict counts."""
        if not self.may_concern(line):
            return Verdict.NOTHING
        pieces = read_line(line.encode("utf-8", "surrogateescape"))
        verdicts = {self.judge_record(piece.text, piece.fields) for piece in pieces}
        return next((verdict for verdict in Verdict if verdict in verdicts), Verdict.NOTHING)

    def judge_record(self, text: str, fields: Fields | None) -> Verdict:
        """Whose a record of a landing file is: theirs, or somebody else's.

        Parameters
        ----------
        text : str
            As it stands in the file.
        fields : list of (str, str), optional
            Its fields; None where nobody can read it. Then it is theirs if anything in it names them.
        """
        if fields is None:
            return Verdict.OWN if self._broken.found(text) else Verdict.NOTHING
        owners = [trim(value) for name, value in fields if name.lower() in ("email", "user") and value]
        if any(self.judge_value(name, value, any(owners)) is Verdict.OWN for name, value in fields):
            return Verdict.OWN
        for owner in owners:  # somebody else's address may have one of theirs as a part
            text = text.replace(owner, "")
        return Verdict.MENTION if self._keys.found(text) else Verdict.NOTHING

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
            return Verdict.OWN if normal_address(text) in self.people.emails else Verdict.NOTHING
        if name == "serialnumber" and not owned and normal_serial(text) in self.people.devices:
            return Verdict.OWN
        if name == "participantid" and text in self.people.ids:
            return Verdict.OWN
        return Verdict.MENTION if self._keys.found(text) else Verdict.NOTHING


class _Sought:
    """Values that are sought as sequences of characters, whatever the case and the escapes."""

    def __init__(self, values: Iterable[str], others: Iterable[str]):
        values = sorted({fold(value) for value in values} | {value.lower() for value in values}, key=len, reverse=True)
        # Where somebody else's longer value stands, the shorter one is a part of it and not a trace.
        longer = sorted(
            {fold(other) for other in others if any(value in fold(other) for value in values)},
            key=len,
            reverse=True,
        )
        self._values, self._longer = values, longer
        self._plain = re.compile(_choice(longer, values, re.escape))
        self._spelled = re.compile(_choice(longer, values, _spelled), re.IGNORECASE)

    def found(self, text: str) -> bool:
        folded = fold(text)
        undone = fold(_undone(text))
        return self._stands_in(folded) or (undone != folded and self._stands_in(undone))

    def _stands_in(self, folded: str) -> bool:
        if not any(value in folded for value in self._values):
            return False
        return not self._longer or any(match["found"] for match in self._plain.finditer(folded))

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
    """A pattern for a value: each letter whole or with its accents apart, plain or escaped as in JSON, HTML or URLs."""
    return "".join(map(_spelled_letter, value))


def _spelled_letter(letter: str) -> str:
    ways = dict.fromkeys((letter, normalize("NFD", letter)))
    return f"(?:{'|'.join(''.join(map(_spelled_character, way)) for way in ways)})"


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

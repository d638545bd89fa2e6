"""What people leave in texts: their e-mail addresses, names, serial numbers and participant ids, however spelled."""

from enum import Enum

from helpers.identity import fold, normal_address, normal_serial, trim
from helpers.landing.parsing import Fields, read_line
from helpers.masking import MASK
from runner.privacy.people import SHORTEST, People
from runner.privacy.search import Sought, plain

OWNER = ("email", "user")
"""The fields that say by e-mail address whose a row is."""


class Verdict(Enum):
    """Whose a line or a value is, the gravest first."""

    OWN = "it goes"
    MENTION = "it is somebody else's and stays, and the mention is masked"
    NOTHING = "they are not in it"


class Traces:
    """The search for some people."""

    def __init__(self, people: People):
        self.people = people
        serials = {serial for serial in people.serials if len(serial) >= SHORTEST}
        keys = people.emails | people.spellings | people.ids | serials
        self._keys, self._all = Sought(keys, people.others), Sought(keys | people.names, people.others)
        self._broken = Sought(keys | people.names | people.phones, people.others)
        self._devices = [fold(device) for device in people.devices if len(device) < SHORTEST or device not in keys]

    def stands_in(self, text: str) -> bool:
        """Whether a text that no row belongs to (a report, a log) names them, be it by the name alone."""
        return self._all.found(text)

    def mask(self, text: str) -> str:
        """A text without them; lines that do not name them are as they were.

        A line in which they are spelled so that nobody can say where they begin goes as a whole.
        """
        masked = "\n".join(self._masked_line(line) if self._all.found(line) else line for line in text.split("\n"))
        return self._all.mask(masked) if self._all.found(masked) else masked  # who is spelled over two lines

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
        folded = plain(lines) if self._devices else ""
        return any(device in folded for device in self._devices)

    def judge_line(self, line: str) -> Verdict:
        """Whose a line is that was read by itself; of several objects in it the gravest verdict counts."""
        if not self.may_concern(line):
            return Verdict.NOTHING
        pieces = read_line(line.encode("utf-8", "surrogateescape"))
        verdicts = {self.judge_record(piece.text, piece.fields) for piece in pieces}
        return next((verdict for verdict in Verdict if verdict in verdicts), Verdict.NOTHING)

    def judge_record(self, text: str, fields: Fields | None) -> Verdict:
        """Whose a record of a landing file is; one that nobody can read is theirs if anything in it names them."""
        if fields is None:
            return Verdict.OWN if self._broken.found(text) else Verdict.NOTHING
        owners = [trim(value) for name, value in fields if name.lower() in OWNER and value]
        if any(self.judge_value(name, value, any(owners)) is Verdict.OWN for name, value in fields):
            return Verdict.OWN
        for owner in owners:  # somebody else's address may have one of theirs as a part
            text = text.replace(owner, "")
        return Verdict.MENTION if self._keys.found(text) else Verdict.NOTHING

    def judge_value(self, column: str, value: object, owned: bool) -> Verdict:
        """Whose a row is, as far as one of its fields says so.

        Where the row is ``owned``, it names its person by e-mail address, and the device does not decide.
        """
        name, text = column.lower(), "" if value is None else str(value)
        if name == "record":
            return self.judge_line(text)
        if name in OWNER:
            return Verdict.OWN if normal_address(text) in self.people.emails else Verdict.NOTHING
        if name == "serialnumber" and not owned and normal_serial(text) in self.people.devices:
            return Verdict.OWN
        if name == "participantid" and text in self.people.ids:
            return Verdict.OWN
        return Verdict.MENTION if self._keys.found(text) else Verdict.NOTHING

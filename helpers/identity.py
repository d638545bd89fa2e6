"""Who somebody is: the one spelling of an e-mail address, and of a serial number, by which they are compared.

Transforms, participant ids, withdrawal, erasure and the privacy audit all compare by these, so that none can miss
somebody whom another one sees. Plain ASCII is merely trimmed and, in an address, put into lower case.
"""

from unicodedata import category, normalize


def trim(text: str) -> str:
    """A text without white space and invisible format characters at its ends.

    Nobody sees a no-break space, a zero-width space, a byte order mark or a direction mark at the end of an address
    (Unicode Standard Annex 44: "White_Space", and the general category Cf).
    """
    if text.isascii():
        return text.strip()
    first, last = 0, len(text)
    while first < last and _is_invisible(text[first]):
        first += 1
    while last > first and _is_invisible(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_invisible(character: str) -> bool:
    return character.isspace() or category(character) == "Cf"


def fold(text: str) -> str:
    """A text in NFC, without the differences of case.

    Case is folded on the decomposed text (The Unicode Standard, 3.13, D145 "canonical caseless match"), so that what
    folds to the same is the same, and folding twice changes nothing.
    """
    return text.lower() if text.isascii() else normalize("NFC", normalize("NFD", text).casefold())


def normal_address(text: str) -> str:
    """The one spelling of an e-mail address: trimmed, NFC, case folded.

    >>> normal_address(" Ada@Example.com\\u00a0")
    'ada@example.com'
    """
    return fold(trim(text))


def normal_serial(text: str) -> str:
    """The one spelling of a device's serial number: trimmed, NFC; its case tells devices apart.

    >>> normal_serial("\\ufeffab-1 ")
    'ab-1'
    """
    text = trim(text)
    return text if text.isascii() else normalize("NFC", text)

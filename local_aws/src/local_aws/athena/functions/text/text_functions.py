"""Functions of text (Trino, "String functions and operators"), by code points as Trino counts them."""

import unicodedata

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.python_functions import trino

LARGEST = 2**31 - 1


def invalid(message: str) -> QueryFailed:
    """The failure of a value that a function does not take."""
    return QueryFailed("INVALID_FUNCTION_ARGUMENT", message)


@trino("reverse(varchar(x)) -> varchar(x)")
def _reverse(text: str) -> str:
    return text[::-1]


@trino("reverse(varbinary) -> varbinary")
def _reverse_bytes(data: bytes) -> bytes:
    return data[::-1]


@trino("chr(bigint) -> varchar(1)")
def _chr(codepoint: int) -> str:
    if not 0 <= codepoint <= 0x10FFFF or 0xD800 <= codepoint < 0xE000:
        raise invalid(f"Not a valid Unicode code point: {codepoint}")
    return chr(codepoint)


@trino("codepoint(varchar(1)) -> integer")
def _codepoint(text: str) -> int:
    if len(text) != 1:
        raise invalid("Input string must be a single character string")
    return ord(text)


@trino("hamming_distance(varchar, varchar) -> bigint")
def _hamming_distance(left: str, right: str) -> int:
    if len(left) != len(right):
        raise invalid("The input strings to hamming_distance function must have the same length")
    return sum(one != other for one, other in zip(left, right, strict=True))


@trino("levenshtein_distance(varchar, varchar) -> bigint")
def _levenshtein_distance(left: str, right: str) -> int:
    if len(left) * (len(right) - 1) > 1_000_000:
        raise invalid("The combined inputs for Levenshtein distance are too large")
    distances = list(range(len(right) + 1))
    for row, one in enumerate(left, 1):
        before, distances[0] = distances[0], row
        for column, other in enumerate(right, 1):
            found = before if one == other else 1 + min(before, distances[column], distances[column - 1])
            before, distances[column] = distances[column], found
    return distances[-1]


_FORMS = {"NFC", "NFD", "NFKC", "NFKD"}


@trino(
    """
    normalize(varchar) -> varchar
    normalize(varchar, varchar) -> varchar
    """
)
def _normalize(text: str, form: str = "NFC") -> str:
    if form not in _FORMS:
        raise invalid(f"Normalization form must be one of {sorted(_FORMS)}")
    return unicodedata.normalize(form, text)


@trino("translate(varchar, varchar, varchar) -> varchar")
def _translate(source: str, sought: str, given: str) -> str:
    table: dict[int, str | None] = {}
    for place, letter in enumerate(sought):
        table.setdefault(ord(letter), given[place] if place < len(given) else None)
    return source.translate(table)


_CODES = {
    letter: str(code)
    for code, letters in enumerate(("BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"), 1)
    for letter in letters
}


@trino("soundex(varchar) -> varchar(4)")
def soundex(text: str) -> str:
    """The American code: letters that H or W parts count as neighbours, vowels part them."""
    letters = [letter for letter in text.upper() if letter.isalpha()]
    if any(not "A" <= letter <= "Z" for letter in letters):
        raise invalid(f"The input string to soundex function must consist of ASCII letters: {text}")
    if not letters:
        return ""
    code, last = letters[0], _CODES.get(letters[0])
    for letter in letters[1:]:
        if letter in "HW":
            continue
        found = _CODES.get(letter)
        if found and found != last:
            code += found
        last = found
    return code[:4].ljust(4, "0")


@trino("luhn_check(varchar) -> boolean")
def _luhn_check(digits: str) -> bool:
    if not digits:
        return False
    if not all("0" <= digit <= "9" for digit in digits):
        raise invalid("Input string must only contain digits")
    values = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 * (value > 9) for value in values) % 10 == 0


@trino("split(varchar(x), varchar, bigint) -> array(varchar(x))")
def _split(text: str, delimiter: str, limit: int) -> list[str]:
    if limit <= 0:
        raise invalid("Limit must be positive")
    if limit > LARGEST:
        raise invalid("Limit is too large")
    if not delimiter:
        raise invalid("The delimiter may not be the empty string")
    return text.split(delimiter, limit - 1)


@trino("strpos(varchar, varchar, bigint) -> bigint")
def _strpos(text: str, sought: str, instance: int) -> int:
    if not instance:
        raise invalid("'instance' must be a positive or negative number.")
    if not sought:
        return 1
    place = -1 if instance > 0 else len(text)
    for _ in range(abs(instance)):
        if instance < 0 and not place:
            return 0
        place = text.find(sought, place + 1) if instance > 0 else text.rfind(sought, 0, place - 1 + len(sought))
        if place < 0:
            return 0
    return place + 1


def _entries(text: str, entries: str, keys: str, name: str) -> list[tuple[str, str]]:
    if not entries:
        raise invalid("entryDelimiter is empty")
    if not keys:
        raise invalid("keyValueDelimiter is empty")
    if entries == keys:
        raise invalid("entryDelimiter and keyValueDelimiter must not be the same")
    pairs = []
    for entry in text.split(entries) if text else []:
        key, found, value = entry.partition(keys)
        if not found or keys in value:
            shown = f"'{entry}'" if name == "split_to_map" else entry
            raise invalid(f"Key-value delimiter must appear exactly once in each entry. Bad input: {shown}")
        pairs.append((key, value))
    return pairs


@trino("split_to_map(varchar, varchar, varchar) -> map(varchar,varchar)")
def _split_to_map(text: str, entries: str, keys: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in _entries(text, entries, keys, "split_to_map"):
        if key in found:
            raise invalid(f"Duplicate keys ({key}) are not allowed")
        found[key] = value
    return found


@trino("split_to_multimap(varchar, varchar, varchar) -> map(varchar,array(varchar))")
def _split_to_multimap(text: str, entries: str, keys: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in _entries(text, entries, keys, "split_to_multimap"):
        found.setdefault(key, []).append(value)
    return found

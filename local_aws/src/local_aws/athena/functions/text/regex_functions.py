"""Functions of regular expressions (Trino, "Regular expression functions").

Where RE2 matches as Trino does, DuckDB runs the pattern; all others are Python's.
"""

import re
from collections.abc import Iterator
from itertools import islice

from sqlglot import exp

from local_aws.athena.failure import QueryFailed
from local_aws.athena.functions.python_functions import python_call, trino
from local_aws.athena.functions.text.patterns import compiled, joins_unicode
from local_aws.athena.functions.text.text_functions import invalid


def _groups(pattern: re.Pattern[str], group: int) -> None:
    if group < 0:
        raise invalid("Group cannot be negative")
    if group > pattern.groups:
        raise invalid(f"Pattern has {pattern.groups} groups. Cannot access group {group}")


@trino("regexp_like(varchar, varchar) -> boolean")
def _regexp_like(text: str, pattern: str) -> bool:
    return compiled(pattern).search(text) is not None


@trino(
    """
    regexp_extract(varchar(x), varchar) -> varchar(x)
    regexp_extract(varchar(x), varchar, bigint) -> varchar(x)
    """
)
def _regexp_extract(text: str, pattern: str, group: int = 0) -> str | None:
    _groups(compiled(pattern), group)
    found = compiled(pattern).search(text)
    return found[group] if found else None


@trino(
    """
    regexp_extract_all(varchar(x), varchar) -> array(varchar(x))
    regexp_extract_all(varchar(x), varchar, bigint) -> array(varchar(x))
    """
)
def _regexp_extract_all(text: str, pattern: str, group: int = 0) -> list[str | None]:
    _groups(compiled(pattern), group)
    return [found[group] for found in compiled(pattern).finditer(text)]


@trino("regexp_count(varchar, varchar) -> bigint")
def _regexp_count(text: str, pattern: str) -> int:
    return sum(1 for _ in compiled(pattern).finditer(text))


@trino(
    """
    regexp_position(varchar, varchar) -> integer
    regexp_position(varchar, varchar, bigint) -> integer
    regexp_position(varchar, varchar, bigint, bigint) -> integer
    """
)
def _regexp_position(text: str, pattern: str, start: int = 1, occurrence: int = 1) -> int:
    for name, value in (("start position", start), ("occurrence", occurrence)):
        if value < 1:
            raise invalid(f"{name} cannot be smaller than 1")
    if start > len(text):
        return -1
    found = next(islice(compiled(pattern).finditer(text, start - 1), occurrence - 1, None), None)
    return found.start() + 1 if found else -1


@trino("regexp_split(varchar(x), varchar) -> array(varchar(x))")
def _regexp_split(text: str, pattern: str) -> list[str]:
    return [piece for piece, _ in _pieces(text, pattern)]


def _pieces(text: str, pattern: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Give what stands between the matches, each piece with the match that follows it."""
    end = 0
    for found in compiled(pattern).finditer(text):
        yield text[end : found.start()], found
        end = found.end()
    yield text[end:], None


@trino(
    """
    regexp_replace(varchar(x), varchar) -> varchar(x)
    regexp_replace(varchar, varchar, varchar) -> varchar
    """
)
def _regexp_replace(text: str, pattern: str, replacement: str = "") -> str:
    return compiled(pattern).sub(lambda found: _filled(found, replacement), text)


def _filled(found: re.Match[str], replacement: str) -> str:
    """Write a replacement with Java's ``$1``, ``${name}`` and backslashes (``Matcher.appendReplacement``)."""
    written, place = [], 0
    while place < len(replacement):
        letter = replacement[place]
        if letter == "\\":
            if place + 1 == len(replacement):
                raise invalid(f"Illegal replacement sequence: {replacement}")
            written.append(replacement[place + 1])
            place += 2
        elif letter == "$":
            group, place = _group(found, replacement, place + 1)
            written.append(found[group] or "")
        else:
            written.append(letter)
            place += 1
    return "".join(written)


def _group(found: re.Match[str], replacement: str, place: int) -> tuple[int | str, int]:
    named = re.compile(r"\{(\w+)\}").match(replacement, place)
    if named:
        if named[1] not in found.re.groupindex:
            raise invalid(f"Illegal replacement sequence: unknown group {{ {named[1]} }}")
        return named[1], named.end()
    digits = re.compile(r"\d+").match(replacement, place)
    if not digits:
        raise invalid(f"Illegal replacement sequence: {replacement}")
    # Java takes as many digits as still name a group.
    end = place + 1
    while end < digits.end() and int(replacement[place : end + 1]) <= found.re.groups:
        end += 1
    group = int(replacement[place:end])
    if group > found.re.groups:
        raise invalid(f"Illegal replacement sequence: unknown group {group}")
    return group, end


@trino("regexp_groups(varchar, varchar) -> array(array(varchar))")
def regexp_groups(text: str, pattern: str) -> list[list[str | None]]:
    """The groups of each match, for a replacement by a lambda."""
    return [list(found.groups()) for _, found in _pieces(text, pattern) if found]


@trino("regexp_join(varchar, varchar, array(varchar)) -> varchar")
def regexp_join(text: str, pattern: str, replacements: list[str | None]) -> str | None:
    """Put a replacement in the place of each match; a null among them makes the whole null."""
    if None in replacements:
        return None
    pieces = [piece for piece, _ in _pieces(text, pattern)]
    return "".join(piece + given for piece, given in zip(pieces, [*replacements, ""], strict=True))


_REPLACED = re.compile(r"(?:[^$\\]|\$\d(?!\d))*")


def for_re2(name: str, args: list[exp.Expression]) -> exp.Expression | None:
    """Write a call for DuckDB where the pattern is a literal that RE2 matches as Trino does."""
    literals = [arg.this for arg in args[1:] if isinstance(arg, exp.Literal)]
    if len(literals) != len(args) - 1 or not args[1].is_string:
        return None
    pattern = joins_unicode(literals[0])
    if pattern is None:
        return None
    known = compiled(literals[0])
    called = [args[0], exp.Literal.string(pattern)]
    if name == "regexp_like" and len(args) == 2:
        return exp.Anonymous(this="regexp_matches", expressions=called)
    if name == "regexp_extract":
        return _extract(literals, called, known)
    if name == "regexp_replace" and known.match("") is None and _REPLACED.fullmatch((literals + [""])[1]):
        return _replace((literals + [""])[1], called, known)
    return None


def _extract(literals: list[str], called: list[exp.Expression], known: re.Pattern[str]) -> exp.Expression | None:
    group = int(literals[1]) if len(literals) > 1 else 0
    _groups(known, group)
    if group and re.search(r"\||\)[?*{]", literals[0]):
        # A group that takes no part in a match is null, for RE2 an empty text.
        return None
    return exp.Anonymous(this="trino_regexp_extract", expressions=[*called, exp.Literal.number(group)])


def _replace(replacement: str, called: list[exp.Expression], known: re.Pattern[str]) -> exp.Expression:
    for digit in re.findall(r"\$(\d)", replacement):
        if int(digit) > known.groups:
            raise QueryFailed("INVALID_FUNCTION_ARGUMENT", f"Illegal replacement sequence: unknown group {digit}")
    written = exp.Literal.string(re.sub(r"\$(\d)", r"\\\1", replacement))
    return exp.Anonymous(this="regexp_replace", expressions=[*called, written, exp.Literal.string("g")])


def replace_by_lambda(args: list[exp.Expression]) -> exp.Expression:
    """Write a replacement of each match by what a lambda makes of its groups."""
    text, pattern, function = args
    groups = python_call("regexp_groups", text, pattern)
    replaced = exp.Anonymous(this="list_transform", expressions=[groups, function])
    return python_call("regexp_join", text.copy(), pattern.copy(), replaced)

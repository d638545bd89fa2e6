"""What ``docs/conformance.md`` says of functions, from the list of Athena's and the lists of those translated."""

from local_aws.athena.functions.families import ARRAY_FORMS, FAMILIES
from local_aws.athena.functions.json import json_standard
from local_aws.athena.functions.known import AGGREGATES, SCALARS, WINDOWS
from local_aws.athena.functions.topics import TOPICS
from local_aws.athena.functions.typed_functions import TRANSLATORS

WORDS = {"cast", "extract", "position", "try_cast"}
"""Functions that the grammar knows by a form of their own."""
ANSWERED = {*ARRAY_FORMS, *FAMILIES, *json_standard.NAMES, *AGGREGATES, *SCALARS, *WINDOWS, *TRANSLATORS, *WORDS}
_PATTERN = "not `&&` or a class within a class, `\\Q`, `\\G`, `\\R`, `\\X`"
_CLASS = "select {}('a', '[a&&b]')"
_PATH = "no `like_regex`, `datetime()`, `keyvalue()` in paths"
REFUSES = {
    "cast": ("not to `ipaddress` or to more than six digits of a second", "select cast('a' as ipaddress)"),
    "date_add": ("its unit is a literal", "select date_add(u, 1, date '2020-01-01') from (values 'day') t(u)"),
    "date_diff": ("its unit is a literal", "select date_diff(u, now(), now()) from (values 'day') t(u)"),
    "date_format": ("its format is a literal", "select date_format(now(), f) from (values '%Y') t(f)"),
    "date_parse": ("its format is a literal", "select date_parse('2020', f) from (values '%Y') t(f)"),
    "date_trunc": ("its unit is a literal", "select date_trunc(u, now()) from (values 'day') t(u)"),
    "format": ("not of a timestamp with time zone", "select format('%s', now())"),
    "json_object": ("not `WITH UNIQUE KEYS`", "select json_object('a': 1 with unique keys)"),
    "json_exists": (_PATH, """select json_exists('{}', 'lax $.a ? (@ like_regex "x")')"""),
    "json_query": (f"`RETURNING varchar` alone; {_PATH}", "select json_query('{}', 'lax $.a' returning varbinary)"),
    "json_value": (_PATH, "select json_value('{}', 'lax $.a.datetime()')"),
    "parse_datetime": ("not the names of zones", "select parse_datetime('2020 CET', 'yyyy z')"),
    "reduce": ("not a state that changes its type", "select reduce(array[1.5], 0, (s, x) -> s + x, s -> s)"),
    "regexp_count": (_PATTERN, _CLASS.format("regexp_count")),
    "regexp_extract": (_PATTERN, _CLASS.format("regexp_extract")),
    "regexp_extract_all": (_PATTERN, _CLASS.format("regexp_extract_all")),
    "regexp_like": (_PATTERN, _CLASS.format("regexp_like")),
    "regexp_position": (_PATTERN, _CLASS.format("regexp_position")),
    "regexp_replace": (_PATTERN, _CLASS.format("regexp_replace")),
    "regexp_split": (_PATTERN, _CLASS.format("regexp_split")),
    "round": ("of a decimal to a literal number of places", "select round(1.25, n) from (values 1) t(n)"),
    "truncate": ("of a decimal to a literal number of places", "select truncate(1.25, n) from (values 1) t(n)"),
    "typeof": (
        "not where the length of a text or the digits of a second are not known",
        "select typeof(x) from unnest(array['a']) t(x)",
    ),
}
"""Function that is answered in part: in which, and a query that is refused as ``NOT_SUPPORTED``."""
DIFFERS = {
    "approx_distinct": "exact",
    "approx_most_frequent": "exact",
    "approx_percentile": "exact",
    "inverse_normal_cdf": "to 15 digits",
    "normal_cdf": "to 15 digits",
}
"""Function whose answer is not Athena's to the last digit."""


def describe_functions() -> str:
    """Write the sections on functions."""
    rows = []
    for topic, names in TOPICS.items():
        works, refused = [name for name in names if name in ANSWERED], [name for name in names if name not in ANSWERED]
        rows.append(f"| {topic} | {', '.join(map(_marked, works)) or '-'} | {', '.join(refused) or '-'} |\n")
    partly = {name: how for name, (how, _) in REFUSES.items()} | DIFFERS
    told: dict[str, list[str]] = {}
    for name, how in sorted(partly.items()):
        told.setdefault(how, []).append(name)
    notes = "".join(f"| {', '.join(names)} | {how} |\n" for how, names in told.items())
    return (
        "## Functions\n\nBy the topics of Trino's documentation; those with a star work in part, as the next table\n"
        "says. A name that stands nowhere here is `FUNCTION_NOT_FOUND`, as on AWS.\n\n"
        f"| topic | works | refused: `NOT_SUPPORTED` |\n| --- | --- | --- |\n{''.join(rows)}\n"
        f"| function | in part |\n| --- | --- |\n{notes}"
    )


def _marked(name: str) -> str:
    return f"{name}\\*" if name in REFUSES or name in DIFFERS else name

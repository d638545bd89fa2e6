"""Comments in a statement: what reads queries knows them, what reads Hive's DDL does not."""

import re

from local_aws.athena.failure import QueryFailed

_QUOTED_OR_COMMENT = re.compile(
    r"""(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`)|(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))""", re.DOTALL
)


def without_comments(sql: str) -> str:
    """Drop comments outside of quotes, so that the first word tells the kind of statement."""
    return _QUOTED_OR_COMMENT.sub(lambda found: found["quoted"] or " ", sql)


def comment_failure(sql: str) -> QueryFailed | None:
    """How DDL fails that holds a comment outside of quotes; None where it holds none.

    Source: no page of AWS's. Athena takes the line ends out of DDL, so that ``--`` swallows what follows
    (aws/aws-cdk#21416, dbt-labs/dbt-external-tables#203, sqlfluff/sqlfluff#4633); ``/*`` is no token of it
    (getredash/redash#2399, SQLMesh/sqlmesh#4935). The words of the failures are those of these threads.
    """
    found = next((found for found in _QUOTED_OR_COMMENT.finditer(sql) if found["comment"]), None)
    if found is None:
        return None
    before, comment = sql[: found.start()].split(), found["comment"]
    if comment.startswith("/*"):
        place, following = len(" ".join([*before, ""])), comment[2:].split() or ["<EOF>"]
        return _failure(place, f"cannot recognize input near '/' '*' '{following[0]}'")
    place = len(" ".join(sql.split()))
    if not before:
        return _failure(place, "cannot recognize input near '<EOF>' '<EOF>' '<EOF>'")
    return _failure(place, f"mismatched input '<EOF>' near '{before[-1]}'")


def _failure(place: int, reason: str) -> QueryFailed:
    return QueryFailed("FAILED", f"ParseException line 1:{place} {reason}")

"""PREPARE, EXECUTE and DEALLOCATE PREPARE.

Source: "SQL syntax for prepared statements" in "Use parameterized queries" (Athena user guide).
"""

import re
from dataclasses import dataclass

import sqlglot

from local_aws.athena.ddl.utility import DONE, CatalogStatements, Listing
from local_aws.athena.queries.prepared import PreparedStatements
from local_aws.athena.statements import Statement
from local_aws.athena.translation.comments import without_comments
from local_aws.athena.translation.dialect import AthenaQueries
from local_aws.errors import AwsError

_NAME = r"\"?(?P<name>\w+)\"?"
_FORMS = {
    "PREPARE": rf"PREPARE\s+{_NAME}\s+FROM\s+(?P<rest>.+)",
    "EXECUTE": rf"EXECUTE\s+{_NAME}(?:\s+USING\s+(?P<rest>.+))?",
    "DEALLOCATE": rf"DEALLOCATE\s+PREPARE\s+{_NAME}(?P<rest>)",
}


@dataclass(frozen=True)
class Call:
    """What a statement does with a prepared one."""

    kind: str
    name: str
    rest: str

    @property
    def arguments(self) -> list[str]:
        """The values after USING, each as it was written."""
        if not self.rest:
            return []
        (row,) = sqlglot.parse(f"SELECT {self.rest}", dialect=AthenaQueries)
        return [value.sql(AthenaQueries) for value in row.expressions]


def parse_call(sql: str) -> Call | None:
    """Read such a statement; None where it is none."""
    text = without_comments(sql).strip().rstrip(";").strip()
    for kind, form in _FORMS.items():
        match = re.fullmatch(form, text, re.IGNORECASE | re.DOTALL)
        if match:
            return Call(kind, match["name"], match["rest"] or "")
    return None


def prepared_statement(call: Call, prepared: PreparedStatements, group: str) -> Statement:
    """Make the statement that PREPARE or DEALLOCATE PREPARE is."""

    def prepare(_on: CatalogStatements, _database: str) -> Listing:
        payload = {"WorkGroup": group, "StatementName": call.name, "QueryStatement": call.rest}
        try:
            prepared.create(payload)
        except AwsError:
            prepared.update(payload)
        return DONE

    def deallocate(_on: CatalogStatements, _database: str) -> Listing:
        prepared.delete({"WorkGroup": group, "StatementName": call.name})
        return DONE

    return Statement("DDL", call.kind, act=prepare if call.kind == "PREPARE" else deallocate)

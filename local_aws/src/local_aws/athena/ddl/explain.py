"""EXPLAIN and EXPLAIN ANALYZE: the plan by which the local engine answers a query.

Source: "Using EXPLAIN and EXPLAIN ANALYZE in Athena" (Athena user guide). The operators are those of the engine that
runs the query here, on one machine, and not Trino's.
"""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from local_aws.athena.ddl.utility import Listing
from local_aws.athena.engine import Engine, Opened
from local_aws.athena.failure import unsupported
from local_aws.athena.translation.dialect import parse_query, syntax_error
from local_aws.athena.translation.unnest import UNNAMED
from local_aws.athena.types.hive import text_column

_FORM = re.compile(
    r"EXPLAIN\b\s*(?P<analyze>ANALYZE\b\s*(?:VERBOSE\b\s*)?)?(?:\((?P<options>\s*(?:FORMAT|TYPE)\s[^()]*)\)\s*)?"
    r"(?P<query>.+)",
    re.IGNORECASE | re.DOTALL,
)
_CHOICES = {"FORMAT": ("TEXT", "JSON", "GRAPHVIZ"), "TYPE": ("LOGICAL", "DISTRIBUTED", "VALIDATE", "IO")}
_REFUSED = {"GRAPHVIZ", "IO"}
_DETAILS = (
    "Groups",
    "Aggregates",
    "Projections",
    "Filters",
    "Expression",
    "Join Type",
    "Conditions",
    "Order By",
    "Top",
)
"""What of DuckDB's own remarks on an operator is shown; others name files of this machine."""


@dataclass(frozen=True)
class Explain:
    """One statement of this kind: its query and how the plan is wanted."""

    sql: str
    tree: exp.Expression
    analyze: bool
    format: str
    type: str

    def run(self, engine: Engine, database: str, cancelled: threading.Event) -> tuple[Listing, int]:
        """Give the plan as the answer's rows, and the bytes that were scanned: none without ANALYZE."""
        with engine.open(self.sql, self.tree, database, cancelled) as opened:
            if self.type == "VALIDATE":
                return Listing([text_column("Valid", "boolean")], ["true"]), 0
            plan = [_node(operator) for operator in _operators(opened, self.analyze)]
            scanned = opened.scanned_bytes if self.analyze else 0
        return Listing([text_column("Query Plan", "varchar")], list(self._lines(plan))), scanned

    def _lines(self, plan: list[dict[str, Any]]) -> Iterator[str]:
        if self.format == "JSON":
            numbered: dict[str, Any] = {str(place): root for place, root in enumerate(plan)}
            yield from json.dumps(numbered if self.type == "DISTRIBUTED" else plan[0], indent=2).split("\n")
            return
        distributed = self.type == "DISTRIBUTED"
        if distributed:
            yield "Fragment 0 [SINGLE]"
        for root in plan:
            yield from _indented(root, "    " if distributed else "")


def parse_explain(text: str, parameters: list[str]) -> Explain | None:
    """Read such a statement; None where it is none.

    Raises
    ------
    AwsError
        ``InvalidRequestException`` for what is no option, and for a malformed query.
    QueryFailed
        ``NOT_SUPPORTED``, by name, for what cannot be answered here.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    options = _options(match["options"] or "", bool(match["analyze"]))
    query = match["query"]
    if re.match(r"(CREATE|INSERT|UNLOAD)\b", query, re.IGNORECASE):
        raise unsupported(f"EXPLAIN of {query.split()[0].upper()}; explain its query alone")
    # Blanks in the place of what stands before the query, so that messages name its true position.
    sql = re.sub(r"\S", " ", text[: match.start("query")]) + query
    return Explain(sql, parse_query(sql, parameters), bool(match["analyze"]), options["FORMAT"], options["TYPE"])


def _options(text: str, analyze: bool) -> dict[str, str]:
    found = {"FORMAT": "TEXT", "TYPE": "DISTRIBUTED"}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.upper().partition(" ")
        value = value.strip()
        if value not in _CHOICES.get(name, ()) or (analyze and name == "TYPE"):
            raise syntax_error(f"line 1:1: mismatched input '{part}': no option of EXPLAIN{' ANALYZE' * analyze}")
        if value in _REFUSED:
            raise unsupported(f"EXPLAIN ({name} {value})")
        found[name] = value
    return found


def _operators(opened: Opened, analyze: bool) -> list[dict[str, Any]]:
    """Ask DuckDB for the plan; with ANALYZE the query runs."""
    if analyze:
        (whole,) = opened.connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {opened.sql}").fetchall()
        found = json.loads(whole[1])
        if "children" in found:
            return found["children"][0]["children"]
        # DuckDB has no measures of a query that it answers from statistics alone; it ran.
    (whole,) = opened.connection.execute(f"EXPLAIN (FORMAT JSON) {opened.sql}").fetchall()
    return json.loads(whole[1])


def _node(operator: dict[str, Any]) -> dict[str, Any]:
    """Write one operator of DuckDB's as a node of a plan, with what is below it."""
    remarks = operator.get("extra_info", {})
    details = {name: _shown(remarks[name]) for name in _DETAILS if remarks.get(name)}
    node: dict[str, Any] = {
        "name": operator.get("name") or operator["operator_name"],
        "descriptor": details,
        "estimates": {"rows": remarks["Estimated Cardinality"]} if "Estimated Cardinality" in remarks else {},
    }
    if "operator_timing" in operator:
        node["actual"] = {
            "rows": operator["operator_cardinality"],
            "milliseconds": round(operator["operator_timing"] * 1000, 3),
        }
    return node | {"children": [_node(child) for child in operator.get("children", [])]}


def _shown(remark: Any) -> str:
    text = ", ".join(remark) if isinstance(remark, list) else str(remark)
    return re.sub(rf'"?{UNNAMED}\d+"?', "expression", " ".join(text.split()))


def _indented(node: dict[str, Any], indent: str) -> Iterator[str]:
    details = "; ".join(f"{name}: {value}" for name, value in node["descriptor"].items())
    yield f"{indent}- {node['name'].strip()}[{details}]"
    if node["estimates"]:
        yield f"{indent}      Estimates: {{rows: {node['estimates']['rows']}}}"
    if "actual" in node:
        yield f"{indent}      Output: {node['actual']['rows']} rows, {node['actual']['milliseconds']}ms"
    for child in node["children"]:
        yield from _indented(child, f"{indent}    ")

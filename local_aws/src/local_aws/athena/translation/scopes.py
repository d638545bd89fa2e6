"""What an expression of a query can name: the tables of its own SELECT, its aliases, and the SELECTs around it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from local_aws.athena.functions import lambdas


@dataclass(frozen=True)
class Scope:
    """One SELECT around an expression, and the child of it under which the expression stands."""

    select: exp.Select
    child: exp.Expression
    in_condition: bool
    """Whether the expression stands in the condition of a join, which names the joined table, too."""


@dataclass(frozen=True)
class Candidate:
    """A probe in which an outer name is replaced, and a query that binds only if the name means what it stands for."""

    probe: exp.Select
    sample: exp.Select


def enclosing(place: exp.Expression) -> list[Scope]:
    """Find the SELECTs around an expression, innermost first."""
    found, child, before = [], place, place
    while child.parent is not None:
        if isinstance(child.parent, exp.Select) and child.arg_key != "with_":
            found.append(Scope(child.parent, child, before.arg_key == "on"))
        child, before = child.parent, child
    return found


def relation_names(select: exp.Select) -> set[str]:
    """Give the names of the relations that a SELECT reads."""
    start = select.args.get("from_")
    relations = [start, *(select.args.get("joins") or [])] if start is not None else []
    return {relation.this.alias_or_name for relation in relations}


def probe(scope: Scope, parts: list[exp.Expression]) -> exp.Select:
    """Write a SELECT of ``parts`` over the tables that they can name."""
    select, child = scope.select, scope.child
    made = exp.Select(expressions=parts)
    if child.arg_key == "from_":
        return made
    if select.args.get("from_") is not None:
        made.set("from_", select.args["from_"].copy())
    joins = select.args.get("joins") or []
    if child.arg_key == "joins":
        joins = joins[: joins.index(child) + scope.in_condition]
    made.set("joins", [_without_condition(join) for join in joins])
    windows = select.args.get("windows") or []
    if child.arg_key not in {"windows", "joins"}:
        made.set("windows", [window.copy() for window in windows])
    return made


def _without_condition(join: exp.Join) -> exp.Join:
    copied = join.copy()
    if copied.args.get("on") is not None:
        copied.set("on", exp.true())
    return copied


def add_group(scope: Scope, made: exp.Select) -> None:
    """Group a probe as its SELECT is grouped; ordinals become what they stand for."""
    group = scope.select.args["group"].copy()
    for item in list(group.expressions):
        if isinstance(item, exp.Literal) and not item.is_string:
            item.replace(scope.select.expressions[int(item.this) - 1].unalias().copy())
    made.set("group", group)


def outer_probes(name: str, made: exp.Select, scopes: list[Scope]) -> Iterator[Candidate]:
    """Write the probes in which a name that its own tables lack stands for an alias, or for an outer column."""
    columns = [column for column in made.find_all(exp.Column) if name in {column.name, column.table, column.db}]
    if not columns:
        return
    aliased = [item for item in scopes[0].select.expressions if isinstance(item, exp.Alias) and item.alias == name]
    if aliased and scopes[0].child.arg_key == "order":
        sample = probe(scopes[0], [aliased[0].this.copy()])
        yield Candidate(_replaced(made, columns, aliased[0].this), sample)
    for scope in scopes[1:]:
        samples = {column.sql(): probe(scope, [column.copy()]) for column in columns}
        replaced = made.copy().transform(
            lambda node, samples=samples: (
                exp.Subquery(this=samples[node.sql()].copy())
                if isinstance(node, exp.Column) and node.sql() in samples
                else node
            )
        )
        yield Candidate(replaced, next(iter(samples.values())))


def _replaced(made: exp.Select, columns: list[exp.Column], value: exp.Expression) -> exp.Select:
    names = {column.name for column in columns}
    return lambdas.replace_columns(made, lambda name: value if name in names else None)

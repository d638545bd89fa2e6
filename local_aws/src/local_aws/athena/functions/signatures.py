"""What a function takes and gives, as Trino declares it; which of its forms a call means.

Source: "Functions and operators" (Trino documentation) and the signatures of ``SHOW FUNCTIONS``.
"""

import re
from dataclasses import dataclass

from local_aws.athena.failure import QueryFailed
from local_aws.athena.types.trino import INTEGERS, TrinoType, parse_type
from local_aws.athena.types.trino import _split as split_types


@dataclass(frozen=True)
class Signature:
    """One form of a function.

    ``varchar(x)`` takes text of any length, and stands in the result for the length that was given.
    """

    name: str
    takes: tuple[str, ...]
    gives: str
    variadic: bool = False

    def __str__(self) -> str:
        """The form as Trino's messages list it."""
        return f"{self.name}({', '.join(self.takes)})"

    def parameters(self, count: int) -> tuple[str, ...] | None:
        """The parameters for a number of arguments, or None where it does not fit."""
        if self.variadic and count >= len(self.takes):
            return (*self.takes, *self.takes[-1:] * (count - len(self.takes)))
        return self.takes if count == len(self.takes) else None

    def result(self, given: list[TrinoType]) -> TrinoType:
        """The type of the result."""
        if "(x)" not in self.gives:
            return parse_type(self.gives)
        length = given[self.takes.index("varchar(x)")]
        text = TrinoType("varchar", length.numbers if length.name in {"varchar", "char"} else ())
        return text if self.gives == "varchar(x)" else TrinoType("array", (), (text,))


def parse_signatures(text: str) -> dict[str, list[Signature]]:
    """Read signatures, one a line: ``lpad(varchar, bigint, varchar) -> varchar``."""
    found: dict[str, list[Signature]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, takes, gives = re.fullmatch(r"(\w+)\((.*)\) -> (.+)", line).groups()
        variadic = takes.endswith("...")
        parts = tuple(part.strip() for part in split_types(takes.removesuffix("..."))) if takes else ()
        found.setdefault(name, []).append(Signature(name, parts, gives, variadic))
    return found


_WIDER = {
    **{kind: set(INTEGERS[INTEGERS.index(kind) :]) | {"double", "real", "decimal"} for kind in INTEGERS},
    "decimal": {"decimal", "double", "real"},
    "real": {"real", "double"},
    "char": {"char", "varchar"},
    "date": {"date", "timestamp", "timestamp with time zone"},
    "timestamp": {"timestamp", "timestamp with time zone"},
}


def accepts(parameter: str, given: TrinoType) -> bool:
    """Whether a parameter takes a type, coerced where Trino coerces."""
    wanted = parse_type(parameter.replace("(x)", ""))
    if given.name == "unknown":
        return True
    if given.parts:
        return wanted.name == given.name and all(
            accepts(str(part), inner) for part, inner in zip(wanted.parts, given.parts, strict=True)
        )
    if wanted.numbers and wanted.name == given.name == "varchar":
        return bool(given.numbers) and given.numbers <= wanted.numbers
    return wanted.name in _WIDER.get(given.name, {given.name}) or wanted.name == given.name


def choose(name: str, forms: list[Signature], given: list[TrinoType]) -> Signature:
    """Choose the form that a call means, one without coercion first.

    Raises
    ------
    QueryFailed
        ``FUNCTION_NOT_FOUND`` in Trino's words where none fits.
    """
    fitting = []
    for form in forms:
        parameters = form.parameters(len(given))
        if parameters is not None and all(map(accepts, parameters, given)):
            fitting.append((form, parameters))
    if not fitting:
        raise unexpected(name, forms, given)

    def coercions(found: tuple[Signature, tuple[str, ...]]) -> int:
        names = [parse_type(parameter.replace("(x)", "")).name for parameter in found[1]]
        return sum(name != kind.name for name, kind in zip(names, given, strict=True))

    return min(fitting, key=coercions)[0]


def unexpected(name: str, forms: list[Signature], given: list[TrinoType]) -> QueryFailed:
    """Trino's refusal of arguments that no form of a function takes."""
    kinds, expected = (", ".join(map(str, items)) for items in (given, forms))
    return QueryFailed(
        "FUNCTION_NOT_FOUND", f"Unexpected parameters ({kinds}) for function {name}. Expected: {expected}"
    )

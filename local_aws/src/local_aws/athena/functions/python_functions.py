"""Trino's functions that DuckDB has not, written in Python and called by DuckDB a value at a time.

Each is plain Python with one or several signatures of Trino's; a null argument gives null, as in nearly all of Trino's
functions. A function is made known to a connection only where a query calls it, since that takes milliseconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
from sqlglot import exp

from local_aws.athena.functions.signatures import Signature, parse_signatures
from local_aws.athena.functions.vectors import declare_function, with_parameters
from local_aws.athena.types.trino import parse_type, to_duck

_PREFIX = "python_scalar_"
_FLOATS = {"double", "real"}
"""These come back as text: DuckDB takes Python's not-a-number for null."""


@dataclass(frozen=True)
class PythonFunction:
    """One form of a function, and the Python that answers it."""

    signature: Signature
    python: Callable[..., Any]

    def register(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Make the function known to a connection."""
        takes = [_duck(kind) for kind in self.signature.takes]
        gives = "VARCHAR" if self.signature.gives in _FLOATS else _duck(self.signature.gives)
        if self.signature.variadic:
            connection.create_function(name, self._answer, None, gives, null_handling="special")
            return
        connection.create_function(
            name, with_parameters(self._answer, len(takes)), takes, gives, null_handling="special"
        )

    def _answer(self, *values: Any) -> Any:
        made = None if any(value is None for value in values) else self.python(*values)
        return repr(made) if isinstance(made, float) else made


def _duck(kind: str) -> str:
    return to_duck(parse_type(kind.replace("(x)", ""))).replace("REAL", "FLOAT")


FORMS: dict[str, list[Signature]] = {}
_NAMES: dict[Signature, str] = {}


def trino(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare that the decorated Python answers these forms of a Trino function."""

    def declare(python: Callable[..., Any]) -> Callable[..., Any]:
        for name, forms in parse_signatures(text).items():
            for form in forms:
                known = FORMS.setdefault(name, [])
                known.append(form)
                _NAMES[form] = f"{_PREFIX}{name}_{len(known)}".lower()
                declare_function(_NAMES[form], PythonFunction(form, python).register)
        return python

    return declare


def is_python(form: Signature) -> bool:
    """Whether a form is answered by Python."""
    return form in _NAMES


def form_call(form: Signature, *args: exp.Expression) -> exp.Expression:
    """Write the call of a form."""
    made = exp.Anonymous(this=_NAMES[form], expressions=list(args))
    return exp.cast(made, form.gives, dialect="duckdb") if form.gives in _FLOATS else made


def python_call(name: str, *args: exp.Expression) -> exp.Expression:
    """Write the call of the only form of a function."""
    (form,) = [form for form in FORMS[name] if form.parameters(len(args)) is not None]
    return form_call(form, *args)

"""Athena's values in Python, those too that Python has no type for."""

from typing import Any

from pyathena.converter import DefaultTypeConverter


class AnyDate(DefaultTypeConverter):
    """PyAthena's own conversion, but a date or time outside the years 1 to 9999 stays Athena's text.

    Python has no such date, and PyAthena would raise. Milliseconds that are taken for seconds make them: everybody's
    first ``from_unixtime("timestamp")``.

    >>> AnyDate().convert("date", "+10000-01-01")
    '+10000-01-01'
    """

    def convert(self, type_: str, value: str | None, type_hint: str | None = None) -> Any:
        """The value of one field."""
        try:
            return super().convert(type_, value, type_hint)
        except (ValueError, OverflowError):
            return value

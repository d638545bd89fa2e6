"""Trino's functions: which there are, how a call is checked, and how each becomes DuckDB's."""

"""From Trino's SQL to DuckDB's: parsing, names, types, operators and casts."""

"""Amazon Athena, engine version 3, over DuckDB: Trino SQL and Hive DDL on the lake's files."""

"""Glue interactive sessions: the API in front, one process with Spark behind each session."""

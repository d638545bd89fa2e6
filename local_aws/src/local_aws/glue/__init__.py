"""Glue: the Data Catalog and interactive sessions."""

"""Statements that write data: CREATE TABLE AS, INSERT INTO and UNLOAD."""

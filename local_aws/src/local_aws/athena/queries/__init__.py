"""Queries as a client sees them: begun, kept, told, given again; workgroups, prepared and saved ones."""

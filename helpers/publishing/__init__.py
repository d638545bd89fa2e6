"""How rows become a table: staged, audited, and published with one catalog update."""

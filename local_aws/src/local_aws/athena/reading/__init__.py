"""Tables of the catalog as relations of DuckDB: which files, which partitions, how each line is read."""

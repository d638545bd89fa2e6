"""Functions of arrays, maps and rows, and the aggregates."""

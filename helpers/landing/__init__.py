"""How a source's files become rows: which files, which objects their lines hold, which values, which new fields."""

"""``stedi erase``: take people out of everything that the lakehouse holds, and prove it."""

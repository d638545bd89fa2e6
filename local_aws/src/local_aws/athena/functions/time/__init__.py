"""Functions of dates, times, zones and intervals."""

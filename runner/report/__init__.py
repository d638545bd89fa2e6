"""The HTML reports of a run: one run page and one page a notebook, each a single file that needs no network."""

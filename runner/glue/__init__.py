"""Glue sessions and the kernels on them: started, shared, counted."""

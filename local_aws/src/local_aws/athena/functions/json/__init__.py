"""The JSON type, its functions, and its path language."""

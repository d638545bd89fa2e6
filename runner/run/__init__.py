"""A run: its plan, its steps at work, and what is known of them."""

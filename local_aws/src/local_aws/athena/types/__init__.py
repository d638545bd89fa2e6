"""Types in three tongues, and what follows from them."""

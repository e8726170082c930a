"""A year of a city that does not exist, lived through the real operations, and what must hold of it."""

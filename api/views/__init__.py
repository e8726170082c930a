"""One module per resource; each handler fetches, calls, answers."""

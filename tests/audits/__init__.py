"""What the city follows up: its notes and its figures."""

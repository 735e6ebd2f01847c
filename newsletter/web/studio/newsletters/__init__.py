"""Newsletters: the list, one of them, people and time, and what is decided while it is on its way."""

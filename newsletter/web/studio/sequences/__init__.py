"""Sequences: a calendar of letters, whom a change changes, pause, rehearse."""

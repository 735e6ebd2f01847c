"""People: the list, one person and what can be done for her, lists that come in, do not mail."""

"""Lists of people as files: how they are read, what their columns mean, and what a row says in our words."""

"""Hand a finished e-mail to the world, and remember what happened."""

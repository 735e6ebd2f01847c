"""Who agreed to hear from us, since when, and in which words."""

"""Everything we hold about one person: show it, export it, erase it, through every slice; and how long we keep it."""

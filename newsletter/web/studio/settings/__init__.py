"""Settings: what the clinic decides once, who works here, and what was done."""

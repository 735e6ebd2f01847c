"""Who works here, in which role, and by which key they come in."""

"""What happened, in numbers; reads only."""

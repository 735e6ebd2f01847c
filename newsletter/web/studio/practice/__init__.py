"""Practice only: what arrived, and the clock."""

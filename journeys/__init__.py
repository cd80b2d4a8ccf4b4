"""Messages over time."""

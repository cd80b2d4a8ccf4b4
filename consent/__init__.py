"""What each person allowed, since when, and with which words."""

"""Set-based SQL of tracking, by subject."""

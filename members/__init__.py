"""Who the people are and what they did."""

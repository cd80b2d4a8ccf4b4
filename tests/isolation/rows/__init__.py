"""A row in every table of a library, by app; in the order in which they need each other."""

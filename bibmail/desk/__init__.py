"""The first page of a colleague: what waits, how it goes. Stands on every app and holds no rows."""

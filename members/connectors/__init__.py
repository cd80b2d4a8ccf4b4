"""Fetching what other systems hold: each connector delivers typed records to the sinks (decision D10)."""

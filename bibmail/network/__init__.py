"""Cultuurconnect's floor: all libraries at once, from aggregates, never a person."""

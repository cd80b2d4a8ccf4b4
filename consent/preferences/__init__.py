"""Mijn voorkeuren: what a member chooses, without a login."""

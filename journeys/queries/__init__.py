"""What the pages of journeys ask: overview (all of them), figures (one, step by step), people (who stands where)."""

"""Programs of others: they write what they know into Bibmail (/api/v1/), and hear what people chose (webhooks)."""

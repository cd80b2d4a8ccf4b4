"""Pages and doors without a login: what a signed token or the ESP's password opens, and nothing else."""

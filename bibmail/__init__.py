"""Configuration, the tenant core everything stands on, and the roof over all."""

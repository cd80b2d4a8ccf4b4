"""Measurements: each prints what we reach beside a peer and a floor, measured in the same run.

`python -m bench [NAME] [--set ci|demo|network] [--seed 1]`. Absolute figures drift with the machine, ratios
inside one run hold. Services and database are its own and go when it ends.
"""

"""What a mail is made of. Importing this fills the register."""

from campaigns.content.blocks import (
    basics,
    collection,
    events,
    family,
    footers,
    membership,
    offers,
    places,
)
from campaigns.content.blocks.register import Block, get, known

__all__ = [
    "Block",
    "basics",
    "collection",
    "events",
    "family",
    "footers",
    "get",
    "known",
    "membership",
    "offers",
    "places",
]

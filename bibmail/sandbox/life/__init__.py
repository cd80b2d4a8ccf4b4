"""What happens after the day of a make-believe population: small canonical files, one morning after the other."""

from bibmail.sandbox.life.truth import LifeTruth
from bibmail.sandbox.life.writer import NotThisPopulation, cautious_consents, write_life

__all__ = ["LifeTruth", "NotThisPopulation", "cautious_consents", "write_life"]

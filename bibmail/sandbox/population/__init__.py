"""A make-believe population: the canonical files of libraries that do not exist.

`python -m bibmail.sandbox.population demo FOLDER` writes them and prints the ground truth: how many
rows each file has, how many an import takes in, and for which reason it refuses the others.
"""

from bibmail.sandbox.population.truth import GroundTruth, LibraryTruth
from bibmail.sandbox.population.writer import NoSuchLibrary, write_population

__all__ = ["GroundTruth", "LibraryTruth", "NoSuchLibrary", "write_population"]

"""Long lists of words, kept readable."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """The words of a text, whatever the line breaks."""
    return tuple(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """The same for what holds spaces: separated by a bar."""
    return tuple(" ".join(phrase.split()) for phrase in text.split("|"))

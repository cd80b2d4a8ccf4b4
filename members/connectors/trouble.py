"""What can go wrong at a source, as a code that the page puts in words (words.py)."""


class Trouble(Exception):
    """A fetch that cannot go on. The detail holds numbers and names of fields, nothing of a person.

    `is_passing`: it may well work the next time; otherwise somebody has to mend something first.
    """

    def __init__(
        self, code: str, *, is_passing: bool = False, wait_seconds: float = 0, **detail: object
    ) -> None:
        super().__init__(code)
        self.code, self.is_passing, self.wait_seconds, self.detail = code, is_passing, wait_seconds, detail


class Overtaken(Exception):
    """Another worker fetches this source by now; this one stops and leaves everything to it."""

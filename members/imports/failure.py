class Unreadable(Exception):
    """The whole file cannot be loaded. `code` and `detail` become a sentence in `members.sentences`."""

    def __init__(self, code: str, **detail: object) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

"""Log lines without people: addresses are masked, and what PostgreSQL quotes of a row is left out."""

import logging
import re

_ADDRESS = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+\.[a-zA-Z]{2,}")
# PostgreSQL's errors quote the row that broke a rule: `DETAIL:  Key (email_norm)=(noor@...) already exists.`
_QUOTED_ROW = re.compile(r"^(\s*)(DETAIL|CONTEXT):.*$", re.MULTILINE)


class DiscreetFormatter(logging.Formatter):
    """Formats as usual, then takes out what names a person."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as text, exceptions included."""
        text = super().format(record)
        return _ADDRESS.sub("***@***", _QUOTED_ROW.sub(r"\1\2: (left out)", text))

"""Logs (日志): what the program says of itself, with no identity number in it.

Nothing of ours puts a name or a number into a message; this is the second wall, for what a library might say.
"""

import logging
import re

IDENTITY = re.compile(r"(?<!\d)([1-9]\d{5})\d{8}\d{3}[\dXx](?!\d)")
MASK = r"\1************"


class MaskIdentityNumbers(logging.Filter):
    """Replaces identity numbers by their division and stars, in the message and in the words of an exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        """The record, masked; it is never held back."""
        record.msg = masked(record.getMessage())
        record.args = None
        if record.exc_info:
            record.exc_text = masked(logging.Formatter().formatException(record.exc_info))
        return True


def masked(text: str) -> str:
    """A text without identity numbers."""
    return IDENTITY.sub(MASK, text)


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "yibao.web.logs.MaskIdentityNumbers"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["mask"], "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}

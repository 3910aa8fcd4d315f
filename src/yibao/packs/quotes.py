"""Quotes: the few words of a notice that carry a figure, and whether a text has them.

Copies of one notice differ in blanks, brackets, quotation marks and width of punctuation, and scanned copies in slips of
the reader. All of that is levelled before anything is compared, so a quote is found in every honest copy and the hash of
a text is the same for all of them.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping

LONGEST_QUOTE = 40
"""Characters a quote may have: the project cites notices and does not reprint them."""

_BLANKS = re.compile(r"[\s#]+")
_BRACKETS = str.maketrans("〔〕【】", "[][]")
_QUOTATION_MARKS = re.compile("[\"'“”‘’‟„‚«»「」『』〝〞〟]")


def normalised(text: str) -> str:
    """A text with width, blanks, heading marks, brackets and quotation marks levelled."""
    level = unicodedata.normalize("NFKC", text).translate(_BRACKETS)
    return _QUOTATION_MARKS.sub('"', _BLANKS.sub("", level))


def corrected(level_text: str, slips: Mapping[str, str]) -> str:
    """A normalised text with known slips of the scan put right: wrong words → right words."""
    for wrong, right in slips.items():
        level_text = level_text.replace(normalised(wrong), normalised(right))
    return level_text


def quotes_found(quotes: tuple[str, ...], level_text: str) -> tuple[str, ...]:
    """Which of the quotes a normalised text has."""
    return tuple(quote for quote in quotes if normalised(quote) in level_text)


def text_hash(level_text: str) -> str:
    """The SHA-256 of a normalised text, in hexadecimal."""
    return hashlib.sha256(level_text.encode()).hexdigest()

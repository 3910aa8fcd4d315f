"""The check number of a certificate (校验码): reckoned from what the certificate says, so that anybody can reckon it again."""

import hashlib

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty-two signs without I, L, O and U, which are misread."""

SIGNS = 16
GROUP = 4


def check_number(kind: int, facts: str) -> str:
    """The number of a certificate of a kind from its facts as canonical JSON: sixteen signs in groups of four."""
    digest = hashlib.sha256(f"{kind}\n{facts}".encode()).digest()
    whole = int.from_bytes(digest, "big")
    signs = "".join(ALPHABET[(whole >> (5 * place)) & 31] for place in range(SIGNS))
    return "-".join(signs[at : at + GROUP] for at in range(0, SIGNS, GROUP))


def as_written(text: str) -> str:
    """A check number as a person types it, in the form it is kept in."""
    signs = "".join(text.split()).replace("-", "").upper()
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))

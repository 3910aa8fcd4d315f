"""A voucher or certificate as PDF: one A5 page on its side, set by Typst from `certificate.typ` (`reports.typeset`)."""

from typing import Any

from yibao.reports.certificate import Page
from yibao.reports.typeset import typeset

TEMPLATE = "certificate.typ"
NOTE = "凭校验码可向经办机构核验；校验码由本凭证记载的内容算出，内容改动即不相符。"
NOTE_ENGLISH = "The agency verifies this by its check number, which follows from what it says."


def certificate_pdf(page: Page, *, form: str = "pdf") -> bytes:
    """A certificate as a PDF document, or as a picture with `form="png"`."""
    return typeset(TEMPLATE, "certificate", _data(page), form=form)


def _data(page: Page) -> dict[str, Any]:
    return {
        "title": page.title,
        "subtitle": page.subtitle,
        "holder": [list(row) for row in page.holder],
        "rows": [list(row) for row in page.rows],
        "amounts": [list(row) for row in page.amounts],
        "words": page.words,
        "standing": page.standing,
        "stands": page.stands,
        "number": page.number,
        "issued": str(page.issued_on),
        "office": page.office,
        "note": NOTE,
        "note-english": NOTE_ENGLISH,
    }

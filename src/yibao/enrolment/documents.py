"""Documents that identify a person (身份凭证): each identifies one, and the database says so."""

from yibao.enrolment.failures import IdentityTaken
from yibao.enrolment.models import Person
from yibao.enrolment.orders import Document
from yibao.enrolment.terms import IdentityKind
from yibao.tables.rows import executed

DOCUMENT_WORDS = {
    IdentityKind.IDENTITY_NUMBER: "公民身份号码",
    IdentityKind.PASSPORT: "护照",
    IdentityKind.MAINLAND_TRAVEL_PERMIT: "来往内地（大陆）通行证",
    IdentityKind.RESIDENCE_PERMIT_CARD: "港澳台居民居住证",
    IdentityKind.FOREIGNER_PERMIT: "外国人永久居留身份证",
    IdentityKind.BIRTH_CERTIFICATE: "出生医学证明",
}


def take_document(person: Person, document: Document) -> None:
    """Takes a document for a person. No error is raised in the database: its words, and its log, would hold the number."""
    taken = executed(
        "INSERT INTO enrolment_identity (person_id, kind, country, number) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (kind, country, number) DO NOTHING",
        [person.pk, document.kind, document.country, document.number.upper()],
    )
    if taken == 0:
        raise IdentityTaken(DOCUMENT_WORDS[document.kind])

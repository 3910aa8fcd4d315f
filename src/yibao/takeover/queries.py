"""What only looks at what was taken over (接管查询)."""

from yibao.takeover.models import FormerReversal


def reversed_changes(person_id: int, benefit_year: int, *, academic: bool) -> list[bytes]:
    """What reversed settlements of the system before had added to a year, as vectors, in the order of their reversal."""
    found = FormerReversal.objects.filter(
        settlement__person_id=person_id,
        settlement__benefit_year=benefit_year,
        settlement__academic=academic,
    )
    return [bytes(change) for change in found.order_by("id").values_list("settlement__change", flat=True)]

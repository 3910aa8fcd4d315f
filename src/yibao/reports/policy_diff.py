"""Two areas, or two days of one area, side by side: what a reader of a policy comparison sees, before it is laid out.

Each differing figure stands beside the other's, and under an entry what each side rests on: the notice and its quote, or
the source, how sure it is, and the note.
"""

from itertools import groupby
from typing import NamedTuple

from yibao.kernel.standing import STANDING_WORDS, Standing
from yibao.packs.compare import EntryPair, Figure, Kind, Side, entry_pairs
from yibao.packs.disease_lists import ListComparison, compared, diseases, in_employee_scheme
from yibao.packs.entries import Entry
from yibao.reports.figure_words import NOTHING, SECTION_WORDS, figure_name, value_words

Words = tuple[str, str]

NO_FIGURE = "没有数字"
"""What an entry that only refuses shows for a figure of the other side."""


class FigureRow(NamedTuple):
    """One figure by its Chinese name, with both sides in words."""

    name: str
    left: str
    right: str

    def is_open(self, side: str) -> bool:
        """Whether a side gives no figure here."""
        return getattr(self, side) in (NOTHING, NO_FIGURE)


class Rest(NamedTuple):
    """What one side of an entry rests on."""

    span: str
    cite: str
    quotes: tuple[str, ...]
    source: str
    note: str
    standing: Words
    is_weak: bool
    is_assumed: bool


class EntryView(NamedTuple):
    """One entry: the figures that differ, those that do not, and what each side rests on."""

    id: str
    label: str
    differing: list[FigureRow]
    same: list[FigureRow]
    left: Rest | None
    right: Rest | None


class SectionView(NamedTuple):
    """One section: its entries by how they stand on the two sides."""

    key: str
    words: Words
    differing: list[EntryView]
    only_left: list[EntryView]
    only_right: list[EntryView]
    equal: list[EntryView]


class DiseaseView(NamedTuple):
    """The disease lists: two areas side by side where there are two, and the employees' scheme where it is on file."""

    lists: ListComparison | None
    schemes: list["SchemeView"]


class SchemeView(NamedTuple):
    """An area's residents' list against what is known of its employees' scheme."""

    area: str
    rows: list[tuple[str, str, bool]]
    rest: Rest | None


class DiffView(NamedTuple):
    """The whole comparison."""

    left: str
    right: str
    left_area: str
    right_area: str
    is_one_area: bool
    sections: list[SectionView]
    counts: dict[str, int]
    assumed: int
    diseases: DiseaseView


def diff_view(left: Side, right: Side) -> DiffView:
    """The comparison of two sides. Raises PolicyFailure where an entry cannot be read."""
    pairs = entry_pairs(left, right)
    sections = [
        _section(key, list(group), left, right)
        for key, group in groupby(pairs, key=lambda pair: pair.section)
    ]
    differing = [view for section in sections for view in section.differing]
    return DiffView(
        left=f"{left.area.name} {left.day}",
        right=f"{right.area.name} {right.day}",
        left_area=left.area.name,
        right_area=right.area.name,
        is_one_area=left.area.code == right.area.code,
        sections=sections,
        counts={kind.value: sum(pair.kind == kind for pair in pairs) for kind in Kind},
        assumed=sum(
            any(rest is not None and rest.is_assumed for rest in (v.left, v.right)) for v in differing
        ),
        diseases=_diseases(left, right),
    )


def rest_of(block: Entry | None) -> Rest | None:
    """What a block rests on; None where there is no block."""
    if block is None:
        return None
    return Rest(
        span=f"{block.first_day} 至 {block.last_day}" if block.last_day else f"{block.first_day} 起",
        cite=block.cite,
        quotes=block.quotes,
        source=block.source,
        note=block.note,
        standing=STANDING_WORDS[block.standing],
        is_weak=block.standing > Standing.OFFICIAL,
        is_assumed=block.standing == Standing.ASSUMED,
    )


def figure_rows(pair: EntryPair, left: Side, right: Side) -> tuple[list[FigureRow], list[FigureRow]]:
    """The figures of an entry in words: those that differ, and those that do not."""
    differing = [_row(figure, pair, left, right) for figure in pair.figures if figure.differs]
    same = [_row(figure, pair, left, right) for figure in pair.figures if not figure.differs]
    return differing, same


def _row(figure: Figure, pair: EntryPair, left: Side, right: Side) -> FigureRow:
    areas = (left.area, right.area)
    return FigureRow(
        figure_name(figure.path, areas),
        _cell(figure.left, pair.left, left),
        _cell(figure.right, pair.right, right),
    )


def _cell(value: object, block: Entry | None, side: Side) -> str:
    if block is not None and block.refuses:
        return NO_FIGURE
    return value_words(value, (side.area,))


def _section(key: str, pairs: list[EntryPair], left: Side, right: Side) -> SectionView:
    by_kind: dict[Kind, list[EntryView]] = {kind: [] for kind in Kind}
    for pair in pairs:
        differing, same = figure_rows(pair, left, right)
        by_kind[pair.kind].append(
            EntryView(
                f"{pair.section}.{pair.key}",
                pair.label,
                differing,
                same,
                rest_of(pair.left),
                rest_of(pair.right),
            )
        )
    return SectionView(
        key,
        SECTION_WORDS.get(key, (key, "")),
        by_kind[Kind.DIFFERS],
        by_kind[Kind.ONLY_LEFT],
        by_kind[Kind.ONLY_RIGHT],
        by_kind[Kind.EQUAL],
    )


def _diseases(left: Side, right: Side) -> DiseaseView:
    is_one_area = left.area.code == right.area.code
    has_any = diseases(left.area) or diseases(right.area)
    sides = [right] if is_one_area else [left, right]
    return DiseaseView(
        lists=compared(left.area, right.area) if has_any and not is_one_area else None,
        schemes=[scheme_view(side) for side in sides if diseases(side.area)],
    )


def scheme_view(side: Side) -> SchemeView:
    """An area's list against its employees' scheme on a day: what a document names is there, the rest unknown."""
    entry = in_employee_scheme(side.area, side.day)
    known = set(entry.values.get("known", ())) if entry is not None else set()
    rows = [(of.national_code, of.label, of.code in known) for of in diseases(side.area)]
    return SchemeView(side.area.name, rows, rest_of(entry))

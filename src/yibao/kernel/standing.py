"""Standing (依据效力): how sure a figure is. Anything below OFFICIAL is said on every page, slip and report."""

from enum import IntEnum


class Standing(IntEnum):
    """From surest to least sure; what follows from several figures takes the largest."""

    NOTICE = 0
    OFFICIAL = 1
    PRESS = 2
    SECONDARY = 3
    ASSUMED = 4


STANDING_WORDS: dict[Standing, tuple[str, str]] = {
    Standing.NOTICE: ("通知原文", "quoted from the notice"),
    Standing.OFFICIAL: ("其他官方文件", "another official document"),
    Standing.PRESS: ("媒体报道", "press report"),
    Standing.SECONDARY: ("二手资料", "secondary source"),
    Standing.ASSUMED: ("假定值，无文件依据", "assumed: no document gives it"),
}


def weakest(standings: "list[Standing]") -> Standing:
    """The standing of what rests on all of these; NOTICE where nothing is rested on."""
    return max(standings, default=Standing.NOTICE)

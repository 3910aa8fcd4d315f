"""Pages set by Typst from a template beside this module, with the fonts that come with the package and no system font.

A character that the font lacks (rare ones occur in names) is printed as 〔U+xxxxx〕, never as an empty box.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from yibao.reports.glyphs import printable

FOLDER = Path(__file__).parent


def typeset(template: str, name: str, data: dict[str, Any], *, form: str = "pdf") -> bytes:
    """A document of a template, which finds its data as JSON under a name; `form` is `pdf`, `png` or `svg`."""
    told = json.dumps(_mapped(data), ensure_ascii=False)
    return bytes(_compiler(template).compile(format=form, sys_inputs={name: told}))


@cache
def font() -> Path:
    """The font that pages are set in."""
    import pylopdf_fonts_zh_cn as fonts

    return Path(fonts.sans_path())


@cache
def _compiler(template: str) -> Any:
    """One compiler a template and process: reading the fonts takes longer than setting a page."""
    import typst

    return typst.Compiler(
        FOLDER / template, root=FOLDER, font_paths=[font().parent], ignore_system_fonts=True
    )


def _mapped(value: Any) -> Any:
    """Every text inside, as the font can print it; a page has text from files at many depths."""
    if isinstance(value, str):
        return printable(value, font())
    if isinstance(value, dict):
        return {key: _mapped(item) for key, item in value.items()}
    return [_mapped(item) for item in value] if isinstance(value, list) else value

"""Templates of the pages that stand alone: one look for all of them, and nothing asked for outside the file."""

import jinja2

from yibao.kernel.money import yuan_grouped

SHARED_STYLE = "page.css"


def page_templates() -> jinja2.Environment:
    """The templates of this folder; what is missing in a page is an error, what comes from a file is escaped."""
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("yibao.reports"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(yuan=yuan_grouped, count=lambda number: f"{number:,}")
    return found


def style(templates: jinja2.Environment, own: str) -> str:
    """The style every page shares, and after it the page's own."""
    return "\n".join(templates.get_template(name).render() for name in (SHARED_STYLE, own))

"""A comparison of policies as one HTML file that asks for nothing outside itself, in the look of the year's report."""

from yibao.packs.compare import Side
from yibao.policy_list.terms import MATCH_WORDS
from yibao.reports.page_templates import page_templates, style
from yibao.reports.policy_diff import diff_view


def policy_diff_html(left: Side, right: Side, command: str) -> str:
    """The whole page; `command` is what makes it again."""
    templates = page_templates()
    return templates.get_template("policy_diff.html").render(
        d=diff_view(left, right),
        css=style(templates, "policy_diff.css"),
        match_words=MATCH_WORDS,
        command=command,
    )

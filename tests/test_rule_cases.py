"""Every case of a rule in YAML: the working has what the case says, to the fen."""

import pytest
from tests.rule_cases import cases, differences


@pytest.mark.parametrize("case", tuple(cases()), ids=lambda case: case.name)
def test_the_rule_gives_what_the_case_says(case):
    assert differences(case) == {}

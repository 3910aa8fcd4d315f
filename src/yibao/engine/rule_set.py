"""Rule sets (规则集): the compositions that settle and enrol, with the rules on file or with some of them replaced.

A replaced rule is an ordinary function of the same name and signature. Everything that reaches it is copied with its calls
led to the new one, nothing on file is touched, so two sets run side by side in one process: each has its own scalar
path, its own kernel text and its own hash.
"""

import dis
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from yibao.engine.compiled import Recipe
from yibao.engine.enrol import enrol_and_bill
from yibao.engine.recipes import ENROL, SETTLE_PAYERS
from yibao.engine.settle import settle_claim
from yibao.engine.year import reverse, settle

PACKAGE = "yibao."
Rule = Callable[..., Any]


class RuleSet(NamedTuple):
    """What settles and enrols: a recipe for each kernel, and the scalar path of a person's year.

    `replaced` names the rules that are not those on file, as `benefits.rules.hospital.hospital_benefit`.
    """

    settle_payers: Recipe
    enrol: Recipe
    settle: Rule
    reverse: Rule
    replaced: tuple[str, ...] = ()


TODAY = RuleSet(SETTLE_PAYERS, ENROL, settle, reverse)
"""The rules on file."""


def rules_in_use() -> dict[str, Rule]:
    """Every rule that settling or enrolling reaches, by its name without the package: what may be replaced."""
    found: dict[Rule, None] = {}
    for root in (settle_claim, enrol_and_bill):
        _reach(root, found)
    return {_name(rule): rule for rule in found if ".rules." in rule.__module__}


def rule_set(new: Mapping[str, Rule]) -> RuleSet:
    """The rules on file with some replaced; names as `rules_in_use` has them. Raises KeyError for one that is not there."""
    known = rules_in_use()
    copies: dict[Rule, Rule] = {known[name]: rule for name, rule in new.items()}
    return RuleSet(
        settle_payers=SETTLE_PAYERS._replace(composition=_led(settle_claim, copies)),
        enrol=ENROL._replace(composition=_led(enrol_and_bill, copies)),
        settle=_led(settle, copies),
        reverse=_led(reverse, copies),
        replaced=tuple(sorted(new)),
    )


def _led(function: Rule, copies: dict[Rule, Rule]) -> Rule:
    """A function as it is where it reaches nothing replaced; else a copy whose calls are led to the new rules."""
    if function in copies:
        return copies[function]
    assert isinstance(function, FunctionType)
    led = {}
    for name, called in _called(function):
        now = _led(called, copies)
        if now is not called:
            led[name] = now
    copies[function] = _copy(function, led) if led else function
    return copies[function]


def _copy(function: FunctionType, led: Mapping[str, Rule]) -> Rule:
    scope = {**function.__globals__, **led}
    copy = FunctionType(
        function.__code__, scope, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__annotations__ = function.__annotations__
    copy.__doc__, copy.__module__, copy.__qualname__ = (
        function.__doc__,
        function.__module__,
        function.__qualname__,
    )
    return copy


def _reach(function: Rule, found: dict[Rule, None]) -> None:
    if function not in found:
        found[function] = None
        assert isinstance(function, FunctionType)
        for _, called in _called(function):
            _reach(called, found)


def _called(function: FunctionType) -> Iterator[tuple[str, FunctionType]]:
    """The functions of ours that a function names, in the order of its text."""
    for name in dict.fromkeys(_names(function.__code__)):
        called = function.__globals__.get(name)
        if isinstance(called, FunctionType) and called.__module__.startswith(PACKAGE):
            yield name, called


def _names(code: CodeType) -> Iterable[str]:
    """The global names that a code loads; `co_names` would have attributes too, and a field may be called like a rule."""
    yield from (str(i.argval) for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _name(rule: Rule) -> str:
    return f"{rule.__module__.removeprefix(PACKAGE)}.{rule.__name__}"

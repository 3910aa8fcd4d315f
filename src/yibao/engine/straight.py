"""Writes a composition of rules out straight: every call in its place, no record, no tuple, one plain name for each value.

The rules' own text is followed statement by statement, with values of which only a range may be known (engine.values). A
branch that no claim can take is not written, nor a step that no output needs; a loop over a constant is written out. What
is left are assignments, `if` and, where the figures are not known, loads from the row of params.
"""

import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from yibao.engine import values
from yibao.engine.flat import fields_of
from yibao.engine.steps import Assign, Branch, Loop, Step
from yibao.engine.values import Num, Place, Record, Term, Value, known

WRITTEN_OUT = 12
"""A loop of at most so many rounds is written out even where no figure is known."""


class NotInSubset(TypeError):
    """Something in a rule that the compiled kernel cannot hold; `make check` finds it sooner."""


class Straight:
    """The steps written so far, and names for new ones. `loaded` turns a place of one number into a value.

    Where the figures are frozen, what codes decide is looked up in a table, and every loop is written out.
    """

    def __init__(self, loaded: Callable[[Place], Num], *, is_frozen: bool) -> None:
        self.loaded = loaded
        self.is_frozen = is_frozen
        self.steps: list[Step] = []
        self.count = 0
        self.codes: list[str] = []
        self.inner: set[str] = set()

    def name(self, hint: str) -> str:
        """A name that nothing else has."""
        self.count += 1
        return f"{hint}_{self.count}"

    def named(self, value: Value, hint: str) -> Value:
        """The same value under a plain name, so that using it twice reckons it once."""
        if not isinstance(value, Num) or value.is_plain:
            return value
        step = Assign(self.name(hint), value.text)
        self.steps.append(step)
        named = value._replace(text=step.name)
        return self.coded(named)

    def coded(self, value: Num) -> Num:
        """The same value, as a code that may decide others, where figures are frozen."""
        if not self.is_frozen or value.codes or value.is_known:
            return value
        self.codes.append(value.text)
        return values.coded(value)

    @contextmanager
    def into(self, steps: list[Step]) -> Iterator[None]:
        """Writes to another list of steps meanwhile."""
        kept, self.steps, codes = self.steps, steps, len(self.codes)
        yield
        self.steps = kept
        self.inner.update(self.codes[codes:])

    def called(self, function: Callable[..., Any], given: dict[str, Value]) -> Value:
        """What a function returns for these arguments, all that it does written out here."""
        body = _body(function)
        returned = _Frame(self, function, given).run(body)
        if returned is None:
            raise NotInSubset(f"{function.__qualname__} 有一条路没有 return (a path without return)")
        return returned

    def merged(self, sides: "Sides", one: Value, other: Value, hint: str) -> Value:
        """The value after a branch that gave `one` or `other`."""
        if one == other:
            return one
        if isinstance(one, Num) and isinstance(other, Num):
            found = self.decided(lambda test, a, b: a if test else b, sides.test, one, other)
            if found is not None:
                return self.named(found, hint)
            name = self.name(hint)
            sides.then.append(Assign(name, one.text))
            sides.otherwise.append(Assign(name, other.text))
            return Num(name, min(one.low, other.low), max(one.high, other.high))
        if isinstance(one, Record) and isinstance(other, Record):
            parts = other.fields
            return Record(
                {field: self.merged(sides, v, parts[field], field) for field, v in one.fields.items()}
            )
        raise NotInSubset(f"{hint}：两条路给出的不是同一种值 (two kinds of value)")

    def decided(self, reckon: Callable[..., int], *parts: Num) -> Num | None:
        """What codes decide, where figures are frozen; codes that only an inner branch knows decide nothing here."""
        if not self.is_frozen or any(code.name in self.inner for part in parts for code in part.codes):
            return None
        return values.decided(reckon, *parts)


class Sides(NamedTuple):
    """The two sides of a branch that is being written."""

    test: Num
    then: list[Step]
    otherwise: list[Step]


class _Frame:
    """One call that is being written out: the function's names and what they are."""

    def __init__(self, straight: Straight, function: Callable[..., Any], given: dict[str, Value]) -> None:
        self.straight = straight
        self.function = function
        self.scope = inspect.unwrap(function).__globals__
        self.names = dict(given)

    def run(self, statements: list[ast.stmt]) -> Value | None:
        """Follows statements; what they return, or None where they fall through."""
        for at, statement in enumerate(statements):
            rest = statements[at + 1 :]
            match statement:
                case ast.Return(value=ast.expr() as value):
                    return self.straight.named(self.value(value), self.function.__name__)
                case ast.If(test=test, body=body, orelse=otherwise):
                    decided = self.number(test)
                    if decided.is_known:
                        return self.run([*(body if decided.low else otherwise), *rest])
                    if _returns(body) or _returns(otherwise):
                        return self.either(decided, [*body, *rest], [*otherwise, *rest])
                    self.either(decided, body, otherwise)
                case ast.For(target=ast.Name(id=name) as target, iter=ast.Call(args=[end]), body=body):
                    count = self.number(end).low
                    if _returns(body):
                        rounds = [ast.Assign([target], ast.Constant(at)) for at in range(count)]
                        written_out = [s for round_number in rounds for s in (round_number, *body)]
                        return self.run([*written_out, *rest])
                    self.loop(name, count, body)
                case _:
                    self.assign(statement)
        return None

    def assign(self, statement: ast.stmt) -> None:
        """One local name gets a value."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found = self.value(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found = self.value(value)
            case ast.AugAssign(target=ast.Name(id=name), op=operator, value=value):
                found = values.OPERATORS[type(operator)](self.local(name), self.number(value))
            case _:
                raise NotInSubset(f"{self.function.__qualname__}: {ast.unparse(statement)}")
        self.names[name] = self.straight.named(found, name)

    def either(self, test: Num, then: list[ast.stmt], otherwise: list[ast.stmt]) -> Value | None:
        """Follows both sides of an `if`; afterwards each name is what either side made of it."""
        before = self.names
        then_steps: list[Step] = []
        other_steps: list[Step] = []
        with self.straight.into(then_steps):
            self.names = dict(before)
            one, after_then = self.run(then), self.names
        with self.straight.into(other_steps):
            self.names = dict(before)
            other, after_other = self.run(otherwise), self.names
        side = Sides(test, then_steps, other_steps)
        returned = None
        if one is not None and other is not None:
            returned = self.straight.merged(side, one, other, self.function.__name__)
        else:
            both = [name for name in after_then if name in after_other]
            self.names = {n: self.straight.merged(side, after_then[n], after_other[n], n) for n in both}
        self.straight.steps.append(Branch(test.text, then_steps, other_steps))
        return returned

    def loop(self, name: str, count: int, body: list[ast.stmt]) -> None:
        """A loop: written out, or kept with the names that it carries from round to round."""
        if self.straight.is_frozen or count <= WRITTEN_OUT:
            for round_number in range(count):
                self.names[name] = known(round_number)
                self.run(body)
            return
        before = dict(self.names)
        carried = {n: self.carried(before[n], n) for n in sorted(_stored(body)) if n in before}
        self.straight.steps += [
            Assign(*given) for n, value in carried.items() for given in _pairs(value, before[n])
        ]
        self.names |= carried
        counter = self.straight.name(name)
        steps: list[Step] = []
        self.names[name] = Num(counter, 0, count - 1)
        with self.straight.into(steps):
            self.run(body)
            kept = [pair for n, value in carried.items() for pair in _pairs(value, self.names[n])]
            steps += [Assign(f"{place}_next", text) for place, text in kept]
            steps += [Assign(place, f"{place}_next") for place, _ in kept]
        names = frozenset(place for value in carried.values() for place, _ in _pairs(value, value))
        self.straight.steps.append(Loop(counter, count, steps, names))
        self.names = before | carried

    def carried(self, value: Value, hint: str) -> Value:
        """The same kind of value under names of its own, of which nothing is known."""
        if isinstance(value, Record):
            return Record({field: self.carried(part, field) for field, part in value.fields.items()})
        return Num(self.straight.name(hint))

    def local(self, name: str) -> Num:
        """A local name that holds a number."""
        value = self.names[name]
        assert isinstance(value, Num)
        return value

    def number(self, node: ast.expr) -> Num:
        """An expression that must be one number."""
        value = self.value(node)
        if not isinstance(value, Num):
            raise NotInSubset(f"{self.function.__qualname__}: {ast.unparse(node)} 不是一个整数 (not one int)")
        return value

    def value(self, node: ast.expr) -> Value:
        """What an expression is."""
        match node:
            case ast.Constant(value=int() as value):
                return known(int(value))
            case ast.Name(id=name):
                return self.names[name] if name in self.names else self.constant(node, self.scope.get(name))
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner not in self.names:
                return self.constant(node, getattr(self.scope.get(owner), name, None))
            case ast.Attribute(value=owner_node, attr=name):
                return self.field(self.value(owner_node), name, node)
            case ast.Subscript(value=table, slice=index):
                return self.element(self.value(table), self.number(index), node)
            case ast.BinOp(left=left, op=operator, right=right):
                return values.OPERATORS[type(operator)](self.number(left), self.number(right))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return values.opposite(self.number(operand))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return values.negated(self.number(operand))
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return values.compared(self.number(left), values.SIGNS[type(sign)], self.number(right))
            case ast.BoolOp(op=operator, values=parts):
                return self.both(parts, isinstance(operator, ast.And))
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                return self.chosen(self.number(test), body, otherwise)
            case ast.Call(func=ast.Name(id=name)):
                return self.call(node, name)
        raise NotInSubset(f"{self.function.__qualname__}: {ast.unparse(node)}")

    def constant(self, node: ast.expr, value: object) -> Num:
        """A constant of a module, or a member of an enum."""
        if not isinstance(value, int):
            raise NotInSubset(f"{self.function.__qualname__}: {ast.unparse(node)}")
        return known(int(value))

    def field(self, owner: Value, name: str, node: ast.expr) -> Value:
        """A field of a record, or of what lies in a row."""
        if isinstance(owner, Record):
            return owner.fields[name]
        if not isinstance(owner, Place) or owner.field.is_tuple or owner.field.element is int:
            raise NotInSubset(f"{self.function.__qualname__}: {ast.unparse(node)}")
        inner = fields_of(owner.field.element)[name]
        return self.read(owner._replace(at=owner.at + inner.place, field=inner))

    def element(self, table: Value, index: Num, node: ast.expr) -> Value:
        """An element of a table in a row."""
        if not isinstance(table, Place) or not table.field.is_tuple:
            raise NotInSubset(f"{self.function.__qualname__}: {ast.unparse(node)}")
        size = table.field.element_size
        one = table._replace(field=table.field._replace(is_tuple=False, length=1))
        if index.is_known:
            return self.read(one._replace(at=table.at + index.low * size))
        code = self.straight.named(index, "code")
        assert isinstance(code, Num)
        code = self.straight.coded(code)
        return self.read(one._replace(terms=(*table.terms, Term(code, size, table.field.length))))

    def read(self, place: Place) -> Value:
        """What lies at a place: a number is loaded, anything else stays where it is."""
        if place.field.is_tuple or place.field.element is not int:
            return place
        return self.straight.named(self.straight.loaded(place), "figure")

    def both(self, parts: list[ast.expr], is_and: bool) -> Num:
        """`and` and `or`: what follows is reckoned only where the first part leaves it open."""
        first = self.number(parts[0])
        if len(parts) == 1:
            return first
        if first.is_known:
            return self.both(parts[1:], is_and) if bool(first.low) == is_and else first
        steps: list[Step] = []
        with self.straight.into(steps):
            rest = self.both(parts[1:], is_and)
        if rest.is_known:
            return first if bool(rest.low) == is_and else rest
        decided = self.straight.decided(values.HOLDS[is_and], first, rest)
        if decided is not None:
            return decided
        if not steps:
            return values.together(first, rest, is_and=is_and)
        other: list[Step] = []
        name = self.straight.name("holds")
        steps.append(Assign(name, rest.text))
        other.append(Assign(name, "0" if is_and else "1"))
        sides = (steps, other) if is_and else (other, steps)
        self.straight.steps.append(Branch(first.text, *sides))
        return Num(name, 0, 1)

    def chosen(self, test: Num, body: ast.expr, otherwise: ast.expr) -> Value:
        """A conditional expression."""
        if test.is_known:
            return self.value(body if test.low else otherwise)
        then_steps: list[Step] = []
        other_steps: list[Step] = []
        with self.straight.into(then_steps):
            one = self.value(body)
        with self.straight.into(other_steps):
            other = self.value(otherwise)
        merged = self.straight.merged(Sides(test, then_steps, other_steps), one, other, "chosen")
        self.straight.steps.append(Branch(test.text, then_steps, other_steps))
        return merged

    def call(self, node: ast.Call, name: str) -> Value:
        """min and max, a record, or another function of ours."""
        if name in ("min", "max"):
            reckon = values.least if name == "min" else values.most
            return functools.reduce(reckon, [self.named(argument) for argument in node.args])
        called = self.scope.get(name)
        if called is None:
            raise NotInSubset(f"{self.function.__qualname__}: {ast.unparse(node)}")
        is_kind = is_record(called)
        parameters = list(called._fields if is_kind else inspect.signature(called).parameters)
        given = dict(zip(parameters, node.args, strict=False))
        given |= {str(keyword.arg): keyword.value for keyword in node.keywords}
        found = {n: self.straight.named(self.value(given[n]), n) for n in parameters if n in given}
        if not is_kind:
            return self.straight.called(called, found)
        for field, default in called._field_defaults.items():
            found.setdefault(field, known(int(default)))
        return Record(found)

    def named(self, node: ast.expr) -> Num:
        """A number under a plain name: what min and max read twice."""
        value = self.straight.named(self.number(node), "part")
        assert isinstance(value, Num)
        return value


def is_record(kind: Any) -> bool:
    """Whether something is a NamedTuple class."""
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")


@functools.cache
def _body(function: Callable[..., Any]) -> list[ast.stmt]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return tree.body[1:] if ast.get_docstring(tree) is not None else tree.body


def _pairs(names: Value, given: Value) -> Iterator[tuple[str, str]]:
    """Each name of a value that a loop carries, and the text of what it is given."""
    if isinstance(names, Record) and isinstance(given, Record):
        for field, name in names.fields.items():
            yield from _pairs(name, given.fields[field])
    elif isinstance(names, Num) and isinstance(given, Num):
        yield names.text, given.text
    else:
        raise NotInSubset("循环里换了种类的值 (a loop changes the kind of a value)")


def _returns(statements: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Return) for statement in statements for node in ast.walk(statement))


def _stored(statements: list[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return found

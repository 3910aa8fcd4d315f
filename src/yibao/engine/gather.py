"""Gathers a composition: the sources of every function and NamedTuple it reaches, rewritten for one flat text.

Four things change and nothing else: annotations and docstrings go; keyword arguments take their places; names of enum
members and constants become their numbers; and whatever is of a flat type (params, the year so far) becomes a row and a
place in it. Names carry their module, since two areas may use the same one.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from enum import IntEnum
from typing import Any, NamedTuple, get_type_hints

from yibao.engine.flat import Field, fields_of


class Gathered(NamedTuple):
    """The parts of a kernel's text: classes first, then functions, each after those it calls."""

    classes: list[str]
    functions: list[str]
    names: dict[Any, str]

    def class_name(self, kind: type[Any]) -> str:
        """What a NamedTuple is called in the text."""
        return self.names[kind]

    def function_name(self, function: Callable[..., Any]) -> str:
        """What a function is called in the text."""
        return self.names[function]


class NotInSubset(TypeError):
    """Something in a rule that the compiled kernel cannot hold; `make check` finds it sooner."""


class Flat(NamedTuple):
    """An expression of a flat type: its row, its place, and what lies there."""

    row: ast.expr
    at: ast.expr
    field: Field


def gather(composition: Callable[..., Any], flat_roots: list[type[Any]]) -> Gathered:
    """All that a composition reaches. `flat_roots` are the NamedTuples that travel as rows, with all inside them."""
    flat_types: set[type[Any]] = set()
    for root in flat_roots:
        _reach(root, flat_types)
    gatherer = _Gatherer(flat_types)
    gatherer.function(composition)
    _record_classes(gatherer, composition)
    return Gathered(gatherer.classes, gatherer.functions, gatherer.names)


def _record_classes(gatherer: "_Gatherer", composition: Callable[..., Any]) -> None:
    for kind in get_type_hints(composition).values():
        if kind not in gatherer.flat_types and is_record(kind):
            gatherer.record(kind)


def is_record(kind: Any) -> bool:
    """Whether something is a NamedTuple class."""
    return isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")


def is_one_int(field: Field) -> bool:
    """Whether a field is a plain number: neither a tuple nor a NamedTuple."""
    return field.element is int and not field.is_tuple


def _reach(kind: type[Any], found: set[type[Any]]) -> None:
    found.add(kind)
    for field in fields_of(kind).values():
        if field.element is not int:
            _reach(field.element, found)


class _Gatherer:
    """Collects each function and class once, callees before callers."""

    def __init__(self, flat_types: set[type[Any]]) -> None:
        self.flat_types = flat_types
        self.names: dict[Any, str] = {}
        self.classes: list[str] = []
        self.functions: list[str] = []

    def record(self, kind: type[Any]) -> str:
        """The name of a NamedTuple in the text; its class is written on first use."""
        if kind not in self.names:
            name = f"{_qualified(kind)}_KERNEL_HASH"
            self.names[kind] = name
            self.classes.append(f"{name} = namedtuple({name!r}, {list(kind._fields)!r})")
        return self.names[kind]

    def function(self, function: Callable[..., Any]) -> str:
        """The name of a function in the text; it is written, after all it calls, on first use."""
        if function not in self.names:
            self.names[function] = self.free(_qualified(function))
            self.functions.append(_Rewriter(self, function).text())
        return self.names[function]

    def free(self, name: str) -> str:
        """A name nothing in the text has: a rule and its copy that calls a replaced one may stand side by side."""
        taken = sum(known == name or known.startswith(f"{name}__again") for known in self.names.values())
        return f"{name}__again{taken}" if taken else name


def _qualified(thing: Any) -> str:
    return f"{thing.__module__.removeprefix('yibao.').replace('.', '_')}__{thing.__name__}"


class _Rewriter(ast.NodeTransformer):
    """Rewrites one function for the flat text."""

    def __init__(self, gatherer: _Gatherer, function: Callable[..., Any]) -> None:
        self.gatherer = gatherer
        self.python = function
        self.hints = get_type_hints(function)
        self.scope = dict(inspect.unwrap(function).__globals__)
        self.flat: dict[str, type[Any] | Field] = {}

    def text(self) -> str:
        """The function as text: decorated, inlined always, with plain arguments."""
        tree = ast.parse(textwrap.dedent(inspect.getsource(self.python))).body[0]
        assert isinstance(tree, ast.FunctionDef)
        arguments: list[str] = []
        for argument in [*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs]:
            kind = self.hints[argument.arg]
            if kind in self.gatherer.flat_types:
                self.flat[argument.arg] = kind
                arguments += [f"{argument.arg}__row", f"{argument.arg}__at"]
            else:
                arguments.append(argument.arg)
        body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
        rewritten = self.generic_visit(ast.Module(body, []))
        lines = ast.unparse(ast.fix_missing_locations(rewritten)).splitlines()
        name = self.gatherer.names[self.python]
        head = f"@njit(inline='always')\ndef {name}({', '.join(arguments)}):"
        return "\n".join([head, *("    " + line for line in lines)])

    def visit_Assign(self, node: ast.Assign) -> Any:
        """`terms = params.direct[i]` keeps a row and a place; everything else assigns as written."""
        target = node.targets[0]
        found = self.flat_of(node.value)
        if found is None or is_one_int(found.field) or not isinstance(target, ast.Name):
            return self.generic_visit(node)
        self.flat[target.id] = found.field
        row = ast.Assign([ast.Name(f"{target.id}__row", ast.Store())], found.row)
        at = ast.Assign([ast.Name(f"{target.id}__at", ast.Store())], found.at)
        return [ast.fix_missing_locations(ast.copy_location(n, node)) for n in (row, at)]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        """An annotated local is a plain one."""
        assert node.value is not None
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        """A member of an enum becomes its number; a field of a flat type one load."""
        if isinstance(node.value, ast.Name):
            owner = self.scope.get(node.value.id)
            if isinstance(owner, type) and issubclass(owner, IntEnum):
                return ast.Constant(int(owner[node.attr]))
        return self.loaded(node) or self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        """An element of a flat tuple is one load."""
        return self.loaded(node) or self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> Any:
        """A constant of the module becomes its number."""
        value = self.scope.get(node.id)
        if isinstance(node.ctx, ast.Load) and isinstance(value, int) and not isinstance(value, bool):
            return ast.Constant(int(value))
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        """Arguments take their places; calls go to the gathered names."""
        if not isinstance(node.func, ast.Name):
            raise NotInSubset(f"{self.python.__qualname__}: {ast.unparse(node)}")
        called = self.scope.get(node.func.id)
        if called is None or called in (min, max, range):
            return self.generic_visit(node)
        if is_record(called):
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            placed = [*node.args, *(given[name] for name in called._fields[len(node.args) :])]
            return ast.Call(
                ast.Name(self.gatherer.record(called), ast.Load()), [self.visit(a) for a in placed], []
            )
        return self.call(node, called)

    def call(self, node: ast.Call, called: Any) -> ast.Call:
        """A call of another function of ours, with flat arguments given as row and place."""
        name = self.gatherer.function(called)
        names = list(inspect.signature(called).parameters)
        given = dict(zip(names, node.args, strict=False))
        given |= {str(keyword.arg): keyword.value for keyword in node.keywords}
        hints = get_type_hints(called)
        placed: list[ast.expr] = []
        for argument in names:
            if hints[argument] in self.gatherer.flat_types:
                found = self.flat_of(given[argument])
                if found is None:
                    raise NotInSubset(f"{self.python.__qualname__}: {ast.unparse(given[argument])}")
                placed += [found.row, found.at]
            else:
                placed.append(self.visit(given[argument]))
        return ast.Call(ast.Name(name, ast.Load()), placed, [])

    def loaded(self, node: ast.expr) -> ast.expr | None:
        """The load that a flat expression of one int becomes; None where it is not flat."""
        found = self.flat_of(node)
        if found is None:
            return None
        if not is_one_int(found.field):
            raise NotInSubset(f"{self.python.__qualname__}: {ast.unparse(node)} 不是一个整数 (not one int)")
        return ast.Subscript(found.row, found.at, ast.Load())

    def flat_of(self, node: ast.expr) -> Flat | None:
        """Row, place and content of an expression of a flat type; None for any other."""
        if isinstance(node, ast.Name) and node.id in self.flat:
            kind = self.flat[node.id]
            field = kind if isinstance(kind, Field) else Field(0, 1, 0, kind, False)
            return Flat(
                ast.Name(f"{node.id}__row", ast.Load()), ast.Name(f"{node.id}__at", ast.Load()), field
            )
        if isinstance(node, ast.Attribute):
            owner = self.flat_of(node.value)
            if owner is None or owner.field.is_tuple or owner.field.element is int:
                return None
            field = fields_of(owner.field.element)[node.attr]
            return Flat(owner.row, _plus(owner.at, ast.Constant(field.place)), field)
        if isinstance(node, ast.Subscript):
            owner = self.flat_of(node.value)
            if owner is None or not owner.field.is_tuple:
                return None
            index: ast.expr = self.visit(node.slice)
            if owner.field.element_size != 1:
                index = ast.BinOp(index, ast.Mult(), ast.Constant(owner.field.element_size))
            return Flat(owner.row, _plus(owner.at, index), owner.field._replace(is_tuple=False, length=1))
        return None


def _plus(left: ast.expr, right: ast.expr) -> ast.expr:
    if isinstance(right, ast.Constant) and right.value == 0:
        return left
    return ast.BinOp(left, ast.Add(), right)

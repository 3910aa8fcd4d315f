"""The subset of Python that a rule may use, checked on its syntax tree.

A rule runs as an ordinary function and, gathered with others into one text, as machine code; it has to stay open to other
targets such as C. So rules keep to whole numbers, comparisons, `if` and `return`, local names, table look-up, NamedTuples,
members of an IntEnum and calls to each other by plain name. What a reader would get wrong: `and`, `or` and a conditional
expression are inside, `in` and `is` are not; a loop is inside only as `for name in range(CONSTANT)`.

`python -m yibao.engine.subset [PATH…]` prints one finding a line, as `file:line:column: word: reason`, and exits with 1 if
there is any. Without a path it checks all rules of the package and the compositions of the engine.
"""

import ast
import builtins
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

COMPOSITIONS = ("engine/settle.py", "engine/enrol.py")
IMPORTED_FROM = frozenset({"__future__", "enum", "typing"})
BUILTINS_CALLED = frozenset({"max", "min"})
BUILTIN_NAMES = frozenset(dir(builtins))
LARGEST_WHOLE_NUMBER = 2**63 - 1
TYPES_ANNOTATED = frozenset({"int", "bool", "tuple"})

OPERATORS = (
    *(ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.USub, ast.UAdd),
    *(ast.BitAnd, ast.RShift),  # a set of flags in one whole number
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Not),
)
# The word of a node whose class name is not that word, and what to write instead where there is something.
WORDS: dict[type[ast.AST], str] = {
    ast.ListComp: "comprehension",
    ast.SetComp: "comprehension",
    ast.DictComp: "comprehension",
    ast.GeneratorExp: "comprehension",
    ast.JoinedStr: "f-string",
    ast.NamedExpr: ":=",
    ast.Starred: "*",
    ast.ImportFrom: "import",
    ast.FunctionDef: "def",
    ast.AsyncFunctionDef: "async def",
    ast.ClassDef: "class",
    ast.Delete: "del",
    ast.Div: "/",
    ast.Pow: "**",
    ast.BitOr: "|",
    ast.NotIn: "not in",
    ast.IsNot: "is not",
}
INSTEAD: dict[type[ast.AST], str] = {
    ast.Dict: "a record with names is a NamedTuple",
    ast.List: "a table of fixed length comes with the params",
    ast.Tuple: "several results are a NamedTuple",
    ast.Lambda: "write a function with a name",
    ast.While: "a loop has a bound: `for name in range(CONSTANT)`",
    ast.Try: "a rule answers, it does not fail",
    ast.Raise: "a refusal is a member of an IntEnum",
    ast.Match: "write `if` and `elif`",
    ast.Assert: "a property test says it",
    ast.Global: "what changes is returned",
    ast.Import: "it stands at the head of the module",
    ast.ImportFrom: "it stands at the head of the module",
    ast.FunctionDef: "it stands at the module's own level",
    ast.Break: "put the condition around the body",
    ast.Continue: "put the condition around the body",
    ast.Div: "it gives a fraction; use // or a function of kernel.money",
    ast.BitOr: "write `or`",
    ast.In: "compare with == one by one",
    ast.NotIn: "compare with != one by one",
    ast.Is: "compare with ==",
    ast.IsNot: "compare with !=",
}


class OffSubset(NamedTuple):
    """A word that a rule may not use, and where it stands."""

    path: str
    line: int
    column: int
    word: str
    reason: str

    def __str__(self) -> str:
        """The finding as one line that an editor can jump to."""
        return f"{self.path}:{self.line}:{self.column}: {self.word}: {self.reason}"


class Known(NamedTuple):
    """The names that a function may use besides its own."""

    callables: frozenset[str]
    constants: frozenset[str]


Refused = Iterator[tuple[ast.AST, str, str]]


def main(arguments: list[str] | None = None) -> int:
    """Print the findings in the named files and folders; 1 if there is any, else 0."""
    named = sys.argv[1:] if arguments is None else arguments
    modules = modules_under(named) if named else modules_of_package(Path(__file__).parents[1])
    found = [finding for module in modules for finding in check(module.read_text("utf-8"), str(module))]
    for finding in found:
        print(finding)
    if not found:
        print(f"rule subset: {len(modules)} modules, nothing outside it")
    return 1 if found else 0


def modules_under(named: list[str]) -> list[Path]:
    """The modules that the command line names: files as they are, folders with all below."""
    modules: list[Path] = []
    for path in map(Path, named):
        modules += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return modules


def modules_of_package(package: Path) -> list[Path]:
    """The rules of every area, and the engine's compositions that are there."""
    compositions = [package / name for name in COMPOSITIONS]
    return sorted(package.glob("*/rules/**/*.py")) + [path for path in compositions if path.exists()]


def check(text: str, path: str) -> list[OffSubset]:
    """Everything in one module's text that is outside the subset, in the order of the text."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        return [OffSubset(path, error.lineno or 1, error.offset or 1, "syntax", error.msg)]
    found = [
        OffSubset(path, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1, word, reason)
        for node, word, reason in _module(tree)
    ]
    return sorted(found)


def _module(tree: ast.Module) -> Refused:
    known = _known(tree)
    for node in tree.body:
        match node:
            case ast.Expr(value=ast.Constant(value=str())):  # a docstring: the module's or a constant's
                pass
            case ast.ImportFrom():
                yield from _import(node)
            case ast.ClassDef():
                yield from _named_tuple(node)
            case ast.FunctionDef():
                yield from _function(node, known)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
                yield from _expression(value, known, frozenset())
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name.isupper():
                yield from _expression(value, known, frozenset())
            case ast.Import(names=[alias, *_]):
                yield node, f"import {alias.name}", "write `from yibao.… import name`"
            case _:
                yield node, _word(node), "a module holds imports, NamedTuples, whole numbers and rules"


def _known(tree: ast.Module) -> Known:
    """The names that this module defines or takes from others of ours."""
    callables: set[str] = set()
    constants: set[str] = set()
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=module, names=names) if _is_ours(module):
                callables |= {alias.asname or alias.name for alias in names}
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                callables.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                constants.add(name)
    constants |= {name for name in callables if name.isupper()}
    return Known(frozenset(callables - constants), frozenset(constants))


def _is_ours(module: str | None) -> bool:
    return module is not None and (module == "yibao" or module.startswith("yibao."))


def _import(node: ast.ImportFrom) -> Refused:
    if node.level:
        yield node, "from .", "name the module in full, from yibao"
    elif not _is_ours(node.module) and node.module not in IMPORTED_FROM:
        yield node, f"{node.module}", "is not imported by a rule: only yibao, typing and enum are"
    for alias in node.names:
        if alias.name == "*":
            yield node, "import *", "hides where a name comes from"


def _named_tuple(node: ast.ClassDef) -> Refused:
    if node.decorator_list or node.keywords or [ast.unparse(base) for base in node.bases] != ["NamedTuple"]:
        yield node, f"class {node.name}", "is not a NamedTuple; closed sets stand in the area's terms"
    for position, field in enumerate(node.body):
        match field:
            case ast.Expr(value=ast.Constant(value=str())) if position == 0:
                pass
            case ast.AnnAssign(annotation=annotation, value=None):
                yield from _field(annotation)
            case ast.AnnAssign():
                yield field, "=", "a field has no default; the caller names each value"
            case _:
                yield field, _word(field), "a NamedTuple of a rule holds fields only"


def _field(annotation: ast.expr) -> Refused:
    """A field is a number with the label a slip prints, or another NamedTuple, which brings its own labels."""
    match annotation:
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[kind, ast.Constant(str())])):
            yield from _annotation(kind)
        case ast.Name(id=name) if name not in BUILTIN_NAMES:
            pass
        case _:
            word = ast.unparse(annotation)
            yield annotation, word, 'a field is Annotated[int, "what a slip prints"] or another NamedTuple'


def _annotation(annotation: ast.expr | None) -> Refused:
    if annotation is None:
        return
    for node in ast.walk(annotation):
        match node:
            case ast.Name(id=name) if name in BUILTIN_NAMES and name not in TYPES_ANNOTATED:
                yield node, name, "is no type of a rule"
            case ast.Constant(value=value) if value is not Ellipsis:
                yield node, repr(value), "is no type of a rule"
            case ast.BinOp():
                yield node, "|", "a value of a rule has one type"


def _function(node: ast.FunctionDef, known: Known) -> Refused:
    arguments = node.args
    for decorator in node.decorator_list:
        yield decorator, "@", "a decorator hides what is called"
    for starred, word in ((arguments.vararg, "*"), (arguments.kwarg, "**")):
        if starred is not None:
            yield starred, f"{word}{starred.arg}", "hides what is passed; name each value"
    for default in [*arguments.defaults, *arguments.kw_defaults]:
        if default is not None:
            yield default, "=", "a parameter has no default; the caller names each value"
    parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    for parameter in parameters:
        yield from _annotation(parameter.annotation)
    yield from _annotation(node.returns)

    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    own = {parameter.arg for parameter in parameters}
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name, ctx=ast.Store()):
                own.add(name)
            case ast.Call(func=ast.Name(id=node.name)):
                yield part, node.name, "calls itself, which has no bound"
    yield from _body(body, known, frozenset(own))


def _body(statements: list[ast.stmt], known: Known, own: frozenset[str]) -> Refused:
    for statement in statements:
        yield from _statement(statement, known, own)


def _statement(node: ast.stmt, known: Known, own: frozenset[str]) -> Refused:
    match node:
        case ast.Return(value=ast.expr() as value):
            yield from _expression(value, known, own)
        case ast.Return():
            yield node, "return", "gives nothing; a rule always gives a value"
        case ast.If(test=test, body=body, orelse=otherwise):
            yield from _expression(test, known, own)
            yield from _body(body, known, own)
            yield from _body(otherwise, known, own)
        case ast.Assign(targets=targets, value=value):
            yield from (refused for target in targets for refused in _target(target))
            yield from _expression(value, known, own)
        case ast.AnnAssign(target=target, annotation=annotation, value=ast.expr() as value):
            yield from _target(target)
            yield from _annotation(annotation)
            yield from _expression(value, known, own)
        case ast.AugAssign(target=target, op=operator, value=value):
            yield from _target(target)
            yield from _operator(node, operator)
            yield from _expression(value, known, own)
        case ast.For():
            yield from _loop(node, known, own)
        case ast.Expr(value=ast.Constant(value=str())):
            yield node, "text", "stands only as a docstring; write a comment"
        case ast.Expr():
            yield node, ast.unparse(node)[:40], "has no effect: give the result a name or return it"
        case _:
            yield _refused(node)


def _target(target: ast.expr) -> Refused:
    match target:
        case ast.Name():
            pass
        case ast.Attribute(attr=name):
            yield target, f".{name} =", "is written; build a new NamedTuple"
        case _:
            yield target, f"{ast.unparse(target)} =", "is assigned; one local name at a time is"


def _loop(node: ast.For, known: Known, own: frozenset[str]) -> Refused:
    yield from _target(node.target)
    match node.iter:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Name(id=end)]) if end in known.constants:
            pass
        case _:
            word = f"for … in {ast.unparse(node.iter)}"
            yield node, word, "loops run over range(CONSTANT), an UPPER_CASE whole number of a module"
    if node.orelse:
        yield node, "else", "of a loop is not in the subset"
    yield from _body(node.body, known, own)


def _expression(node: ast.expr, known: Known, own: frozenset[str]) -> Refused:
    match node:
        case ast.Constant(value=value):
            yield from _constant(node, value)
        case ast.Name(id=name):
            if name in BUILTIN_NAMES and name not in own and name not in known.callables:
                yield node, name, "is not in the subset"
        case ast.BinOp(left=left, op=operator, right=right):
            yield from _operator(node, operator)
            yield from _all((left, right), known, own)
        case ast.UnaryOp(op=operator, operand=operand):
            yield from _operator(node, operator)
            yield from _expression(operand, known, own)
        case ast.BoolOp(values=values):
            yield from _all(values, known, own)
        case ast.Compare(left=left, ops=operators, comparators=comparators):
            yield from (refused for operator in operators for refused in _operator(node, operator))
            yield from _all((left, *comparators), known, own)
        case ast.IfExp(test=test, body=body, orelse=otherwise):
            yield from _all((test, body, otherwise), known, own)
        case ast.Attribute(value=ast.Name() | ast.Attribute() | ast.Subscript() as holder):
            yield from _expression(holder, known, own)
        case ast.Attribute(attr=name):
            yield node, f".{name}", "is read from a result without a name; give the result a name first"
        case ast.Subscript(value=ast.Name() | ast.Attribute() as table, slice=index):
            yield from _all((table, index), known, own)
            if isinstance(index, ast.UnaryOp):
                yield node, ast.unparse(index), "a table is read from its start, by an index of zero or more"
        case ast.Call():
            yield from _call(node, known, own)
        case _:
            yield _refused(node)


def _all(nodes: tuple[ast.expr, ...] | list[ast.expr], known: Known, own: frozenset[str]) -> Refused:
    for node in nodes:
        yield from _expression(node, known, own)


def _call(node: ast.Call, known: Known, own: frozenset[str]) -> Refused:
    match node.func:
        case ast.Name(id=name) if name in BUILTINS_CALLED:
            if len(node.args) < 2 or node.keywords:
                yield node, name, "takes two whole numbers or more, and nothing by keyword"
        case ast.Name(id=name) if name in known.callables and name not in own:
            pass
        case called:
            yield node, f"{ast.unparse(called)}()", "is neither min, max nor a function of ours by plain name"
    for keyword in node.keywords:
        if keyword.arg is None:
            yield keyword.value, "**", "hides what is passed; name each value"
    yield from _all([*node.args, *(keyword.value for keyword in node.keywords)], known, own)


def _constant(node: ast.Constant, value: object) -> Refused:
    match value:
        case bool():
            pass
        case int():
            if value > LARGEST_WHOLE_NUMBER:
                yield node, str(value), "is larger than 64 bits hold"
        case str():
            yield node, repr(value)[:40], "is text, and rules hold whole numbers only"
        case _:
            yield node, repr(value), "is no whole number"


def _operator(node: ast.AST, operator: ast.AST) -> Refused:
    if not isinstance(operator, OPERATORS):
        _, word, reason = _refused(operator)
        yield node, word, reason


def _refused(node: ast.AST) -> tuple[ast.AST, str, str]:
    instead = INSTEAD.get(type(node))
    return node, _word(node), "is not in the subset" + (f"; {instead}" if instead else "")


def _word(node: ast.AST) -> str:
    return WORDS.get(type(node), type(node).__name__.lower())


if __name__ == "__main__":
    sys.exit(main())

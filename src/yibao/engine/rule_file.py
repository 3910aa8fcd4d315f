"""Rule files (规则文件): a module of somebody's own whose functions replace rules of the same name and signature.

The text is held to the rule subset before anything of it runs, and may import nothing but rules, their terms and params,
and the kernel: so a rule file can reckon and do nothing else. What is found wrong is said all at once.
"""

import ast
import difflib
import hashlib
import importlib.util
import inspect
import re
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, get_type_hints

from yibao.engine.rule_set import Rule, RuleSet, rule_set, rules_in_use
from yibao.engine.subset import check

IMPORTED_FROM = re.compile(
    r"yibao\.(kernel(\.\w+)?|engine\.terms|\w+\.(terms|params)|\w+\.rules\.\w+)|typing|__future__"
)


class RuleFileUnfit(ValueError):
    """A rule file that cannot replace a rule. Lists every problem."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        super().__init__(
            f"规则文件 {path} 不能用 (rule file unfit)：\n" + "\n".join(f"· {p}" for p in problems)
        )
        self.problems = problems


def rules_of_files(paths: list[Path]) -> RuleSet:
    """The rules on file with those of the files in their place. Raises RuleFileUnfit."""
    new: dict[str, Rule] = {}
    for path in paths:
        for name, rule in _replacements(path).items():
            if name in new:
                raise RuleFileUnfit(path, [f"{name} 已由另一个文件替换，请只留一个 (replaced twice)"])
            new[name] = rule
    return rule_set(new)


def _replacements(path: Path) -> dict[str, Rule]:
    """The rules that a file replaces, by the name of each on file."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as failed:
        raise RuleFileUnfit(path, [f"读不出文件：{failed} (cannot read)"]) from None
    off = [
        f"第 {of.line} 行第 {of.column} 列 {of.word}：{of.reason} (outside the rule subset)"
        for of in check(text, str(path))
    ]
    off += _stray_imports(text) if not off else []
    if off:
        raise RuleFileUnfit(path, off)
    known = rules_in_use()
    written = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    named = {name: [full for full in known if full.endswith(f".{name}")] for name in written}
    if not any(named.values()):
        raise RuleFileUnfit(path, [_nothing_replaced(written, list(known))])
    module = _module(path, text)
    problems: list[str] = []
    found: dict[str, Rule] = {}
    for name, full in named.items():
        if len(full) > 1:
            problems.append(
                f"{name} 有几条同名规则：{'、'.join(full)}，不能确定替换哪一条 (name is ambiguous)"
            )
        elif full:
            problems += _differences(known[full[0]], getattr(module, name))
            found[full[0]] = getattr(module, name)
    if problems:
        raise RuleFileUnfit(path, problems)
    return found


def _stray_imports(text: str) -> list[str]:
    return [
        f"第 {node.lineno} 行 {node.module}：规则文件只从 kernel、terms、params、rules 引入 (import not allowed)"
        for node in ast.parse(text).body
        if isinstance(node, ast.ImportFrom) and not IMPORTED_FROM.fullmatch(node.module or "")
    ]


def _nothing_replaced(written: list[str], known: list[str]) -> str:
    bare = {full.rpartition(".")[2]: full for full in known}
    near = [bare[n] for name in written for n in difflib.get_close_matches(name, bare, 3, 0.5)]
    shown = f"相近的规则：{'、'.join(near)}" if near else f"可替换的规则：{'、'.join(sorted(known))}"
    return f"函数 {'、'.join(written) or '（没有函数）'} 与在册规则都不同名；{shown} (replaces no rule)"


def _differences(rule: Rule, new: Rule) -> list[str]:
    """How a new function's signature differs from that of the rule it stands for."""
    here, there = _signature(new), _signature(rule)
    if here == there:
        return []
    return [f"{rule.__name__} 的参数或结果与在册规则不同，应为 {there}，现为 {here} (signature differs)"]


def _signature(rule: Rule) -> str:
    hints: dict[str, Any] = get_type_hints(rule)
    parts = []
    for name, parameter in inspect.signature(rule).parameters.items():
        word = f"{name}: {_type_name(hints.get(name))}"
        parts += ["*", word] if parameter.kind == parameter.KEYWORD_ONLY and "*" not in parts else [word]
    return f"({', '.join(parts)}) -> {_type_name(hints.get('return'))}"


def _type_name(kind: Any) -> str:
    if not isinstance(kind, type) or kind.__module__ == "builtins":
        return getattr(kind, "__name__", str(kind))
    return f"{kind.__module__.removeprefix('yibao.')}.{kind.__name__}"


class _TextLoader(SourceFileLoader):
    """Loads a module from its text alone: bytecode kept beside a file may be of the text before."""

    def get_code(self, fullname: str) -> CodeType:
        """The file's code, compiled anew."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def _module(path: Path, text: str) -> ModuleType:
    """The file as a module, named by the hash of its text: two versions of one file are two modules."""
    name = f"yibao_rule_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_loader(name, _TextLoader(name, str(path.absolute())))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (ImportError, NameError, AttributeError) as failed:
        del sys.modules[name]
        raise RuleFileUnfit(path, [f"读入时出错：{failed} (cannot load)"]) from None
    return module

"""C by hand, gcc -O3 for this machine."""

import ctypes
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

COLUMNS = ("person", "institution_class", "category", "own_expense", "initial_self_pay", "in_scope")
SOURCE = Path(__file__).with_suffix(".c")


def prepare(claims, figures):
    """Compiles the loop with the figures as constants; the output columns are kept from run to run, as ours are."""
    settle = compiled(figures)
    count = len(claims["person"])
    pays = [np.empty(count, np.int64) for _ in range(4)]
    places = [ctypes.c_void_p(column.ctypes.data) for column in [*(claims[n] for n in COLUMNS), *pays]]

    def run():
        settle(ctypes.c_int64(0), ctypes.c_int64(count), *places)
        return pays

    return run


def compiled(figures):
    """The C function `settle` of a library built in a folder that is gone once it is loaded."""
    if shutil.which("gcc") is None:
        sys.exit("没有 C 编译器 gcc；Debian、Ubuntu：apt-get install gcc libc6-dev (no C compiler)")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "figures.h").write_text("".join(map(_constant, figures, figures.values())))
        library = Path(folder) / "settle.so"
        command = ["gcc", "-O3", "-march=native", "-shared", "-fPIC", f"-I{folder}", "-o", library, SOURCE]
        subprocess.run(command, check=True)
        return ctypes.CDLL(str(library)).settle


def _constant(name, value):
    if isinstance(value, list):
        return f"static const long long {name}[] = {{{', '.join(f'{v}LL' for v in value)}}};\n"
    return f"static const long long {name} = {value}LL;\n"

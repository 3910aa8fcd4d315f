"""What processes that settle files have in common, loaded by being imported: the modules of the work, and the kernel.

Only the process imports this from which they are forked (`engine.workers`).
"""

from contextlib import suppress

import yibao.engine.many_files  # noqa: F401
from yibao.engine.compiled import kernel_once
from yibao.engine.recipes import SETTLE_PAYERS

with suppress(
    OSError
):  # a folder of kernels that cannot be written: told by the process that then needs the kernel
    kernel_once(SETTLE_PAYERS)

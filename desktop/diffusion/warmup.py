"""Import torch and the libraries on it, which takes seconds, without blocking the window.

Two things would hold the interpreter lock, and block the window, for up to half a second: loading torch's shared
libraries, and full garbage collections over the million objects that the imports create. Measured with a 5 ms
ticker on two cores, worst pause while importing: 300–320 ms plain, 250–290 ms without collections, 25–70 ms with both.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

# Separate imports take no longer, and the traceback names the broken one.
_PIECES = ("torch", "torch._dynamo", "transformers", "diffusers", "compel", f"{__package__}.engine")


def warm_up() -> None:
    """Import everything that `engine` needs; takes seconds the first time and nothing afterwards."""
    if f"{__package__}.engine" in sys.modules:
        return
    collecting = gc.isenabled()
    gc.disable()
    try:
        _map_torch()
        for piece in _PIECES:
            import_module(piece)
    finally:
        gc.freeze()  # imported objects are never freed; later collections need not scan them
        if collecting:
            gc.enable()


def _map_torch() -> None:
    """Load torch's shared libraries by a foreign call to `dlopen`, which releases the interpreter lock."""
    torch = find_spec("torch")
    if os.name != "posix" or torch is None or torch.origin is None:
        return  # Windows: torch itself loads its libraries by foreign calls
    suffix = "dylib" if sys.platform == "darwin" else "so"
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for name in ("torch_cpu", "torch_python"):
        library = Path(torch.origin).parent / "lib" / f"lib{name}.{suffix}"
        dlopen(os.fsencode(library), os.RTLD_NOW)  # if this fails, the import that follows raises torch's own error

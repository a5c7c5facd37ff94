"""The device that computes: its precision, its memory, and the number of threads for a run."""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

import psutil
import torch
from torch import nn

M = TypeVar("M", bound=nn.Module)

# Below this much work in one denoising step (parameters × latent positions) waking a second thread costs more than it computes:
# the starter model at 128 px takes 38 ms with one thread and 52–75 ms with two. One thread also leaves a core to the window.
SMALL_WORK = 1e10


@dataclass(frozen=True, slots=True)
class Device:
    """The device and dtype of tensors. Half precision only on hardware that computes in it; other hardware is slower or inaccurate."""

    kind: Literal["cpu", "cuda", "mps"]
    name: str
    dtype: torch.dtype

    @property
    def torch(self) -> torch.device:
        return torch.device(self.kind)

    @property
    def total_memory(self) -> int:
        """Bytes of the device's memory, or of main memory if it has none."""
        return torch.cuda.mem_get_info()[1] if self.kind == "cuda" else psutil.virtual_memory().total

    @property
    def free_memory(self) -> int:
        """Bytes that a run may use now, including memory that torch has reserved."""
        if self.kind == "cuda":
            return torch.cuda.mem_get_info()[0] + torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
        return free_main_memory()


def free_main_memory() -> int:
    """Bytes of main memory that may be used now."""
    return psutil.virtual_memory().available


def best_device() -> Device:
    """The fastest device of this machine, with the fastest dtype that gives correct results on it."""
    if torch.cuda.is_available():
        name = torch.cuda.get_device_name()
        if torch.cuda.get_device_capability() >= (8, 0):
            return Device("cuda", name, torch.bfloat16)
        return Device("cuda", name, torch.float32 if "GTX 16" in name else torch.float16)  # these compute NaN in half precision
    if torch.backends.mps.is_available():
        return Device("mps", f"Apple {platform.machine()}", torch.float16)
    capabilities = _cpu_capabilities()
    name = str(capabilities.get("cpu_name") or platform.processor() or platform.machine())
    # A step of the starter model: bfloat16 38 ms, float32 45 ms. Stable Diffusion 1.5: 2.2 times as fast. channels_last gains nothing.
    is_fast = any(capabilities.get(feature) for feature in ("avx512_bf16", "amx_bf16", "amx_tile"))
    return Device("cpu", name, torch.bfloat16 if is_fast else torch.float32)


def fitting_threads(work: float) -> int:
    """The number of threads for a run of `work` (parameters × latent positions) per step: at most the cores that are idle now."""
    cores = _cores()
    if work < SMALL_WORK or cores == 1:
        return 1
    return min(cores, max(1, round(cores - _others_load())))


def _cpu_capabilities() -> dict[str, object]:
    capabilities = getattr(torch.cpu, "get_capabilities", None)  # missing in the oldest supported torch
    return capabilities() if capabilities else {}


def _cores() -> int:
    """Physical cores that this process may use."""
    allowed = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else psutil.cpu_count()
    return max(1, min(allowed or 1, psutil.cpu_count(logical=False) or 1))


def _others_load(seconds: float = 0.15) -> float:
    """Number of cores that other processes use, measured over a short time."""
    busy, own, began = _busy_seconds(), time.process_time(), time.perf_counter()
    time.sleep(seconds)
    busy, own, passed = _busy_seconds() - busy, time.process_time() - own, time.perf_counter() - began
    return max(0.0, (busy - own) / passed)


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)


def channels_last(module: M, device: torch.device | str | None = None, dtype: torch.dtype | None = None) -> M:
    """`module`, moved to `device` and `dtype` as `Module.to` does, with the weights of its convolutions in channels-last order."""
    if device is not None or dtype is not None:
        module = module.to(device, dtype)
    for weight in module.parameters():
        if weight.ndim == 4:  # those of films have five sides, for which torch raises
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)
    return module


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` reports a failed allocation. Metal and the CPU raise a plain RuntimeError, recognised by its text."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    text = str(error).lower()
    words = (
        "out of memory",
        "can't allocate",
        "cannot allocate",
        "not enough memory",
        # oneDNN, when it cannot allocate memory for a convolution:
        "could not create a primitive",
        "could not create a memory",
    )
    return isinstance(error, (RuntimeError, OSError)) and any(each in text for each in words)


def release_memory(collect: Callable[[], object] = gc.collect) -> None:
    """Free the memory of unreferenced tensors, after `collect` has freed those in reference cycles."""
    collect()
    if torch.accelerator.is_available():
        torch.accelerator.empty_cache()

import psutil
import pytest
import torch

from desktop.diffusion import device
from desktop.diffusion.device import SMALL_WORK, Device, best_device, fitting_threads, is_out_of_memory


def on_a_cpu(monkeypatch, **capabilities: bool) -> Device:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(device, "_cpu_capabilities", lambda: capabilities)
    return best_device()


def on_a_gpu(monkeypatch, name: str, capability: tuple[int, int]) -> Device:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: name)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)
    return best_device()


def test_a_processor_computes_in_half_precision_only_where_it_can(monkeypatch):
    assert on_a_cpu(monkeypatch).dtype == torch.float32
    assert on_a_cpu(monkeypatch, avx512_bf16=False, avx2=True).dtype == torch.float32
    assert on_a_cpu(monkeypatch, avx512_bf16=True).dtype == torch.bfloat16
    assert on_a_cpu(monkeypatch, amx_tile=True).dtype == torch.bfloat16


def test_graphics_cards_get_the_precision_that_is_sound_on_them(monkeypatch):
    assert on_a_gpu(monkeypatch, "NVIDIA GeForce RTX 3060", (8, 6)) == Device("cuda", "NVIDIA GeForce RTX 3060", torch.bfloat16)
    assert on_a_gpu(monkeypatch, "NVIDIA GeForce RTX 2060", (7, 5)).dtype == torch.float16
    assert on_a_gpu(monkeypatch, "NVIDIA GeForce GTX 1660 Ti", (7, 5)).dtype == torch.float32


@pytest.mark.parametrize(("load", "threads"), [(0.0, 4), (0.4, 4), (1.1, 3), (3.7, 1), (9.0, 1)])
def test_a_run_takes_the_cores_that_others_leave(monkeypatch, load, threads):
    monkeypatch.setattr(device, "_cores", lambda: 4)
    monkeypatch.setattr(device, "_others_load", lambda: load)
    assert fitting_threads(100 * SMALL_WORK) == threads


def test_a_small_model_runs_on_one_thread_on_every_machine(monkeypatch):
    monkeypatch.setattr(device, "_cores", lambda: 16)
    assert fitting_threads(SMALL_WORK / 2) == 1


def test_the_load_of_others_leaves_out_our_own():
    assert 0 <= device._others_load(0.2) <= psutil.cpu_count() + 1  # the system counts in ticks of 10 ms


def test_memory_figures_are_those_of_this_machine():
    memory = Device("cpu", "", torch.float32)
    assert 0 < memory.free_memory <= memory.total_memory == psutil.virtual_memory().total


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"),
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes."),
        RuntimeError("MPS backend out of memory (MPS allocated: 9.06 GB)"),
        OSError("Cannot allocate memory"),
        RuntimeError("could not create a primitive"),  # oneDNN, seen under a limit of the address space
    ],
)
def test_a_failed_allocation_is_known_in_every_wording(error):
    assert is_out_of_memory(error)


def test_other_errors_are_not_taken_for_it():
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not is_out_of_memory(KeyError("out of memory"))


def test_a_real_allocation_that_fails_is_known():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**52, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)

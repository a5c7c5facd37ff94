"""The number format in which the networks of this package are trained and run."""

import torch


def autocast(device: torch.device) -> torch.autocast:
    """bfloat16 for products and convolutions on a GPU and on CPUs with AVX-512, otherwise float32.

    Other CPUs emulate bfloat16 and are many times slower with it.
    """
    fast = device.type != "cpu" or torch.backends.cpu.get_cpu_capability() == "AVX512"
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=fast)

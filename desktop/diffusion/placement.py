"""Where the weights of a model wait, and how its decoder works, on each rung of the ladder."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import accelerate
import torch
from accelerate.hooks import remove_hook_from_module
from diffusers.hooks import apply_group_offloading

from .offload import Offload, is_resident
from .working_memory import TILE

DISK = Path("/var/tmp")  # where it exists: the usual folder for temporary files is main memory on many systems


def place_network(network: torch.nn.Module, rung: Offload, device: torch.device) -> None:
    """Move a network that was just loaded to where it waits."""
    if is_resident(rung):
        network.to(device)
    elif rung in (Offload.GROUP, Offload.DISK):
        _group(network, rung, device)
    elif rung is Offload.SEQUENTIAL:
        accelerate.cpu_offload(network, device, offload_buffers=len(network._parameters) > 0)  # as diffusers does


def place_pipeline(pipeline: Any, rung: Offload, device: torch.device) -> None:
    """Set up what concerns the networks of `pipeline` together; each is where `place_network` has put it."""
    if rung is Offload.MODEL:
        pipeline.enable_model_cpu_offload(device=device)
    elif not is_resident(rung):
        pipeline._offload_device = device  # as `enable_model_cpu_offload` does


@contextmanager
def changeable(networks: Iterable[torch.nn.Module], rung: Offload, device: torch.device) -> Iterator[None]:
    """Within it, modules may be wrapped or replaced, whose weights wait elsewhere."""
    networks = list(networks)
    if rung is not Offload.SEQUENTIAL:  # elsewhere the hooks stay on the wrapped modules
        yield
        return
    for network in networks:
        remove_hook_from_module(network, recurse=True)
    try:
        yield
    finally:
        for network in networks:
            place_network(network, rung, device)


def tile(autoencoder: Any, rung: Offload) -> None:
    """Let `autoencoder` decode in tiles, or in one piece."""
    if not hasattr(autoencoder, "enable_tiling"):
        return
    if rung is Offload.NONE:
        autoencoder.disable_tiling()
        return
    autoencoder.enable_tiling()
    if hasattr(autoencoder, "tile_sample_min_size"):  # by default the size that it was trained with, 1024 px in SDXL
        factor = autoencoder.tile_sample_min_size // autoencoder.tile_latent_min_size
        autoencoder.tile_sample_min_size = min(TILE, autoencoder.tile_sample_min_size)
        autoencoder.tile_latent_min_size = autoencoder.tile_sample_min_size // factor


def _group(network: torch.nn.Module, rung: Offload, device: torch.device) -> None:
    folder = None
    if rung is Offload.DISK:
        folder = tempfile.mkdtemp(prefix="safelight-", dir=DISK if DISK.is_dir() else None)
        weakref.finalize(network, shutil.rmtree, folder, ignore_errors=True)
    apply_group_offloading(
        network, onload_device=device, offload_type="leaf_level", use_stream=device.type == "cuda", offload_to_disk_path=folder
    )

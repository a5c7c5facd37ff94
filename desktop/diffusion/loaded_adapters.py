"""The LoRAs of one loaded pipeline, added by diffusers and peft.

They are never merged into the weights: taking them off gives the original modules back, bit for bit.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from safetensors.torch import load_file

from ..errors import QT_TRANSLATE_NOOP, AdapterUnknown, AdapterUnloadable
from .adapters import DENOISER, TEXT_ENCODER, TEXT_ENCODER_2, TEXT_ENCODER_3, TEXT_ENCODERS, Adapter, Source
from .device import is_out_of_memory
from .families.calls import Calls
from .offload import Offload
from .placement import changeable

REJECTED = QT_TRANSLATE_NOOP("Safelight", "its layers cannot be read in this form")
INCOMPLETE = QT_TRANSLATE_NOOP("Safelight", "some of its layers found no place")
NO_ADAPTERS = QT_TRANSLATE_NOOP("Safelight", "this kind of model takes no LoRAs")

CPU = torch.device("cpu")
ALIGNMENT = 64  # bytes; what torch gives every tensor that it allocates on a CPU

for name in ("peft", "lora_base", "lora_pipeline"):  # they warn about every part of the model that a LoRA leaves alone
    logging.getLogger(f"diffusers.loaders.{name}").setLevel(logging.ERROR)


class LoadedAdapters:
    """Makes the pipeline compute with given LoRAs, in their order. Outside the seam only: it replaces modules of the networks."""

    def __init__(self, calls: Calls, offload: Offload = Offload.NONE, device: torch.device = CPU) -> None:
        """`offload`: where the weights of the model wait. `device`: that which computes."""
        self._pipeline = calls.pipeline
        self._offload = offload
        self._device = device
        self._networks = {DENOISER: calls.denoiser} | dict(zip(TEXT_ENCODERS, calls.text_encoders, strict=False))
        self._loaded: tuple[str, ...] = ()  # sha256 of each
        self.sources: Mapping[str, Source] = {}  # by `Adapter.key`, for `use`
        self.in_use: tuple[tuple[str, float], ...] = ()  # sha256 and weight: what the networks compute depends on it
        self.size = 0  # bytes of the loaded ones
        self.base_parameters: int = calls.denoiser.num_parameters()  # of the denoiser, without LoRAs

    def use(self, adapters: Sequence[Adapter]) -> None:
        """Compute with `adapters` and no others from now on. One of weight 0 is left out, so that the bits are those without it.

        Raises `AdapterUnknown` for one without a source. Raises `AdapterUnloadable`; then there are none.
        """
        working = [adapter for adapter in adapters if adapter.weight]
        if lacking := next((adapter for adapter in working if adapter.key not in self.sources), None):
            raise AdapterUnknown(name=lacking.name)
        wanted = [(adapter, self.sources[adapter.key]) for adapter in working]
        in_use = tuple((source.sha256, adapter.weight) for adapter, source in wanted)
        if in_use == self.in_use:
            return
        loaded = tuple(source.sha256 for _, source in wanted)
        if loaded != self._loaded:
            self._take_off()
            self._loaded = loaded  # also those that fail half-way are taken off the next time
            for place, (adapter, source) in enumerate(wanted):
                self._load(_name(place), adapter, source)
        if wanted:
            self._pipeline.set_adapters([_name(place) for place in range(len(wanted))], [adapter.weight for adapter, _ in wanted])
        self.in_use = in_use

    def _take_off(self) -> None:
        if self._loaded:
            with changeable(self._networks.values(), self._offload, self._device):
                self._pipeline.unload_lora_weights()
        self._loaded, self.in_use, self.size = (), (), 0

    def _load(self, name: str, adapter: Adapter, source: Source) -> None:
        try:
            if not hasattr(self._pipeline, "load_lora_weights"):
                raise AdapterUnloadable(name=adapter.name, problem=NO_ADAPTERS)
            path = source.path
            with warnings.catch_warnings(), self._hooks_kept():
                warnings.filterwarnings("ignore", "Already found a `peft_config`")  # several LoRAs are meant
                if not source.renamed and path.suffix == ".safetensors":  # diffusers reads a scale from the metadata of some files
                    self._pipeline.load_lora_weights(
                        path.parent, weight_name=path.name, adapter_name=name, use_safetensors=True, local_files_only=True
                    )
                else:
                    self._pipeline.load_lora_weights(self._tensors(source), adapter_name=name)
                layers = self._settle(name)
            if source.matched is not None and layers < source.matched:
                raise AdapterUnloadable(name=adapter.name, problem=INCOMPLETE)
        except AdapterUnloadable:
            self._take_off()
            raise
        except Exception as error:  # the libraries raise errors of many types for layers that they do not know
            self._take_off()
            if is_out_of_memory(error):
                raise
            raise AdapterUnloadable(name=adapter.name, problem=REJECTED) from error

    @contextmanager
    def _hooks_kept(self) -> Iterator[None]:
        """Within it, diffusers adds layers without placing the weights of the model anew, for which it would not know our device."""
        self._pipeline.hf_device_map = {}  # which diffusers leaves alone
        try:
            with changeable(self._networks.values(), self._offload, self._device):
                yield
        finally:
            del self._pipeline.hf_device_map

    def _tensors(self, source: Source) -> dict[str, torch.Tensor]:
        """The tensors of the file; those of renamed layers, and nothing else, as kohya names them, or diffusers where there is no UNet."""
        tensors: dict[str, torch.Tensor] = load_file(source.path)
        if not source.renamed:
            return tensors
        named = {}
        names = (
            {}
            if hasattr(self._pipeline, "unet")
            else {name.replace(".", "_"): name for name, _ in self._networks[DENOISER].named_modules()}
        )
        for part, layers in source.renamed.items():
            for layer, keys in layers.items():
                down, up = tensors[keys.down], tensors[keys.up]
                if layer in names:
                    share = float(tensors[keys.alpha]) / len(down) if keys.alpha else 1.0  # diffusers has no alpha in this layout
                    words = f"transformer.{names[layer]}"
                    named[f"{words}.lora_A.weight"], named[f"{words}.lora_B.weight"] = down, up.float() * share
                    continue
                words = f"{_PREFIXES[part]}{layer}"
                named[f"{words}.lora_down.weight"], named[f"{words}.lora_up.weight"] = down, up
                if keys.alpha:
                    named[f"{words}.alpha"] = tensors[keys.alpha]
        return named

    def _settle(self, name: str) -> int:
        """Bring the matrices of the LoRA called `name` to device and precision of their networks. Return the number of layers.

        Where the layers of a network wait one by one, the matrices do not: they stay on the device that computes.
        """
        from peft.tuners.lora import LoraLayer  # here: importing it takes time that runs without LoRAs need not spend

        count = 0
        for network in self._networks.values():
            stays = self._offload in (Offload.GROUP, Offload.DISK)
            device, dtype = self._device if stays else network.device, network.dtype
            for module in network.modules():
                if isinstance(module, LoraLayer) and name in module.lora_A:
                    count += 1
                    for half in (module.lora_A[name], module.lora_B[name]):
                        half.to(device=device, dtype=dtype)
                        for matrix in half.parameters():
                            self.size += matrix.nbytes
                            if matrix.data_ptr() % ALIGNMENT and matrix.device.type == "cpu":  # kernels treat these differently
                                matrix.data = matrix.data.clone()
            network.eval()
        return count


def _name(place: int) -> str:
    return f"lora_{place}"


_PREFIXES = {
    DENOISER: "lora_unet_",
    TEXT_ENCODER: "lora_te1_text_model_",
    TEXT_ENCODER_2: "lora_te2_text_model_",
    TEXT_ENCODER_3: "lora_te3_text_model_",
}

"""Feature maps of networks at their published sizes, counted without computing anything, beside the estimates of the descriptions.

The networks and everything that they return have a shape and no contents. What is counted is what a GPU's allocator would be asked for.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any

import diffusers
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from desktop.diffusion.families import family_called
from desktop.diffusion.working_memory import working

from . import models
from .figures import Figure, tell

BYTES = 2  # of a number: bfloat16
Call = Callable[[Any, int], object]  # the network, latent positions of a side
ones = torch.ones


def measure(quick: bool) -> Iterator[Figure]:
    sizes = (1024,) if quick else (512, 1024)
    decoders = {
        name: (make, _counted(make, lambda net, side, shape=shape: net.decode(shape(side)), sizes)) for name, make, shape in DECODERS
    }
    for pipeline, decoder, make, call in DENOISERS:
        family = family_called(pipeline)
        assert family is not None
        steps = _counted(make, call, sizes)
        make_decoder, decodings = decoders[decoder]
        with FakeTensorMode():
            denoiser_config, decoder_config = make().config, make_decoder().config
        for size in sizes:
            needed = working(family, denoiser_config, decoder_config, size, size)
            yield _figure(f"{family.name}, {size} px: a step", steps[size], needed.step * BYTES)
            yield _figure(f"{family.name}, {size} px: decoding", decodings[size], needed.decoding * BYTES)


def _figure(name: str, counted: int, estimated: int) -> Figure:
    share = estimated / counted
    return Figure(
        name, "± 20 %", f"{counted / 1e6:.0f} MB, estimated {estimated / 1e6:.0f} ({100 * share - 100:+.0f} %)", abs(share - 1) <= 0.2
    )


def _counted(make: Callable[[], Any], call: Call, sizes: tuple[int, ...]) -> dict[int, int]:
    """Bytes at the peak of a call beside the weights, by size of the picture in px."""
    peaks = {}
    for size in sizes:
        with FakeTensorMode(allow_non_fake_inputs=True):
            torch.set_default_dtype(torch.bfloat16)
            network = make().eval()
            with torch.no_grad(), _Counter([*network.parameters(), *network.buffers()]) as counter:
                call(network, size // 8)
            torch.set_default_dtype(torch.float32)
        peaks[size] = counter.peak
    return peaks


class _Counter(TorchDispatchMode):
    """Adds up the storages that exist at once, but for those of `ignored`."""

    def __init__(self, ignored: list[torch.Tensor]) -> None:
        super().__init__()
        self.peak = self._now = 0
        self._held = {tensor.untyped_storage()._cdata: 0 for tensor in ignored}

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = function(*args, **(kwargs or {}))
        for tensor in tree_leaves(result):
            if isinstance(tensor, torch.Tensor) and (key := (storage := tensor.untyped_storage())._cdata) not in self._held:
                self._held[key] = storage.nbytes()
                self._now += storage.nbytes()
                self.peak = max(self.peak, self._now)
                weakref.finalize(storage, self._free, key)
        return result

    def _free(self, key: int) -> None:
        self._now -= self._held.pop(key)


def zeros(*shape: int) -> torch.Tensor:
    return torch.zeros(*shape)


DECODERS: tuple[tuple[str, Callable[[], Any], Callable[[int], torch.Tensor]], ...] = (
    ("kl", lambda: models.autoencoder_kl(1024), lambda side: zeros(1, 4, side, side)),
    ("kl 16", lambda: models.autoencoder_kl(1024, 16), lambda side: zeros(1, 16, side, side)),
    ("dc", models.autoencoder_dc, lambda side: zeros(1, 32, side // 4, side // 4)),
    ("film", diffusers.AutoencoderKLQwenImage, lambda side: zeros(1, 16, 1, side, side)),
)


def _unet(net: Any, side: int) -> object:
    return net(zeros(2, 4, side, side), 1, zeros(2, 77, 768))


def _unet_xl(net: Any, side: int) -> object:
    pooled = {"text_embeds": zeros(2, 1280), "time_ids": zeros(2, 6)}
    return net(zeros(2, 4, side, side), 1, zeros(2, 77, 2048), added_cond_kwargs=pooled)


def _pixart(net: Any, side: int) -> object:
    sizes = {"resolution": None, "aspect_ratio": None}
    text = {"encoder_hidden_states": zeros(2, 300, 4096), "encoder_attention_mask": ones(2, 300)}
    return net(zeros(2, 4, side, side), timestep=ones(2), added_cond_kwargs=sizes, **text)


def _sana(net: Any, side: int) -> object:
    return net(zeros(2, 32, side // 4, side // 4), zeros(2, 300, 2304), timestep=ones(2), encoder_attention_mask=ones(2, 300))


def _sd3(net: Any, side: int) -> object:
    return net(zeros(2, 16, side, side), zeros(2, 333, 4096), zeros(2, 2048), ones(2))


def _flux(net: Any, side: int, width: int = 4096, **more: torch.Tensor) -> object:
    """Also Chroma, which reads no pooled text and is told no guidance."""
    text = {"encoder_hidden_states": zeros(1, 512, width), "txt_ids": zeros(512, 3)}
    return net(hidden_states=zeros(1, side * side // 4, 64), img_ids=zeros(side * side // 4, 3), timestep=ones(1), **text, **more)


def _flux_2(net: Any, side: int) -> object:
    text = {"encoder_hidden_states": zeros(1, 512, 7680), "txt_ids": zeros(1, 512, 4)}
    return net(
        hidden_states=zeros(1, side * side // 4, 128), img_ids=zeros(1, side * side // 4, 4), timestep=ones(1), guidance=ones(1), **text
    )


def _qwen(net: Any, side: int) -> object:
    text = {"encoder_hidden_states": zeros(1, 100, 3584), "encoder_hidden_states_mask": ones(1, 100)}
    return net(hidden_states=zeros(1, side * side // 4, 64), timestep=ones(1), img_shapes=[[(1, side // 2, side // 2)]], **text)


def _z_image(net: Any, side: int) -> object:
    return net([zeros(16, 1, side, side)] * 2, ones(2), [zeros(100, 2560)] * 2)


def _cogview(net: Any, side: int) -> object:
    size = torch.tensor([[side * 8, side * 8]])
    return net(zeros(1, 16, side, side), zeros(1, 224, 4096), ones(1), size, size, torch.tensor([[0, 0]]))


DENOISERS: tuple[tuple[str, str, Callable[[], Any], Call], ...] = (
    ("StableDiffusionPipeline", "kl", models.sd15_unet, _unet),
    ("StableDiffusionXLPipeline", "kl", models.sdxl_unet, _unet_xl),
    ("PixArtSigmaPipeline", "kl", models.pixart_transformer, _pixart),
    ("SanaPipeline", "dc", models.sana_transformer, _sana),
    ("StableDiffusion3Pipeline", "kl 16", models.sd3_transformer, _sd3),
    (
        "FluxPipeline",
        "kl 16",
        lambda: diffusers.FluxTransformer2DModel(guidance_embeds=True),
        lambda net, side: _flux(net, side, pooled_projections=zeros(1, 768), guidance=ones(1)),
    ),
    ("ChromaPipeline", "kl 16", diffusers.ChromaTransformer2DModel, _flux),
    ("Flux2KleinPipeline", "kl 16", models.flux_2_klein_transformer, _flux_2),
    ("QwenImagePipeline", "film", diffusers.QwenImageTransformer2DModel, _qwen),
    ("ZImagePipeline", "kl 16", diffusers.ZImageTransformer2DModel, _z_image),
    ("CogView4Pipeline", "kl 16", diffusers.CogView4Transformer2DModel, _cogview),
)


if __name__ == "__main__":
    tell(measure)

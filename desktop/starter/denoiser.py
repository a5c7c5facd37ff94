"""The denoiser: a UNet that is trained together with the text encoder to predict v from noisy latents and a caption.

v-prediction (arXiv 2202.00512) and betas with zero terminal SNR (arXiv 2305.08891), which are needed for plain white and deep black.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from transformers import CLIPTextModel, CLIPTokenizer

from ..diffusion.device import channels_last
from .checkpoint import Course, PowerAverage, Training, TrainingReport, seeded, warm_up
from .precision import autocast
from .shape import Shape
from .text import Describe, Reader, text_encoder

if TYPE_CHECKING:
    from .examples import Examples
    from .world import Scene

TIMESTEPS = 1000
EMPTY_CAPTIONS = 0.1  # share, for classifier-free guidance (arXiv 2207.12598)
CHINESE = 0.6  # share of captions: most Chinese words have two tokens, one of them for the end of a run, so each is seen less often
PEAK = 1.2e-3  # learning rate
MIN_SNR = 5.0  # arXiv 2303.09556
REPORT_EVERY = 4  # batches between two reports, and between two updates of the average


def scheduler() -> DDIMScheduler:
    """The scheduler of training and sampling. At the last timestep nothing of the picture is left (zero terminal SNR)."""
    return DDIMScheduler(
        num_train_timesteps=TIMESTEPS,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,
    )


def unet(shape: Shape) -> UNet2DConditionModel:
    """Convolutions at the finest level, attention at the others and in the middle; heads of 32 channels."""
    levels = len(shape.unet) - 1
    return UNet2DConditionModel(
        sample_size=shape.latent_side,
        in_channels=shape.channels,
        out_channels=shape.channels,
        block_out_channels=shape.unet,
        layers_per_block=1,
        down_block_types=("DownBlock2D", *["CrossAttnDownBlock2D"] * levels),
        up_block_types=(*["CrossAttnUpBlock2D"] * levels, "UpBlock2D"),
        cross_attention_dim=shape.text_width,
        # In diffusers this is the number of heads.
        attention_head_dim=tuple(max(1, channels // 32) for channels in shape.unet),
    )


class Denoiser(nn.Module):
    """The networks that are trained together."""

    def __init__(self, shape: Shape, tokenizer: CLIPTokenizer) -> None:
        super().__init__()
        self.unet = unet(shape)
        self.text_encoder = text_encoder(shape, tokenizer)

    def forward(self, noisy: torch.Tensor, timesteps: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """B×C×h×w, B, B×context → v, B×C×h×w."""
        return self.unet(noisy, timesteps, encoder_hidden_states=self.text_encoder(tokens).last_hidden_state).sample


class Begun(NamedTuple):
    """What a training that begins with another model learns from the start."""

    weights: list[str]  # names
    tokens: list[int] | None  # new ones; None: the whole text encoder


class DenoiserTraining(Training):
    """Training of the denoiser. It can be stopped, saved (`state_dict`) and resumed between any two reports.

    `workers`: threads that each compute the gradient of a part of every batch. On a CPU two threads of one core each are
    much faster than one computation on two cores. The sum of the gradients, and so the bits, depend on their number.
    `rate`: share of the learning rate.
    """

    def __init__(
        self,
        shape: Shape,
        tokenizer: CLIPTokenizer,
        describe: Describe,
        device: torch.device | str = "cpu",
        seed: int = 0,
        compiled: bool = False,
        workers: int = 1,
        rate: float = 1,
    ) -> None:
        with seeded(seed):
            self.denoiser = Denoiser(shape, tokenizer)
        channels_last(self.denoiser, device).train()
        self._networks = [self.denoiser, *(_same_weights(self.denoiser) for _ in range(workers - 1))]
        self._threads = ThreadPoolExecutor(workers)
        if compiled:
            for network in self._networks:
                network.unet.compile(dynamic=False)
        self.reader, self.describe, self.device, self.rate = Reader(tokenizer, shape.context), describe, torch.device(device), rate
        across = [weight for name, weight in self.denoiser.unet.named_parameters() if "attn2" in name]
        others = [weight for name, weight in self.denoiser.unet.named_parameters() if "attn2" not in name]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": others, "peak": PEAK},
                {"params": across, "peak": 2 * PEAK},
                {"params": list(self.denoiser.text_encoder.parameters()), "peak": PEAK / 4},
            ],
            betas=(0.9, 0.99),
            weight_decay=1e-3,
            fused=True,
        )
        self.average = PowerAverage(self.denoiser)
        self.course = Course({"denoiser": self.denoiser, "optimizer": self.optimizer, "average": self.average}, seed)
        self._alphas_cumprod = scheduler().alphas_cumprod

    def begin(self, folder: Path) -> Begun:
        """Take all weights of the UNet in `folder` whose shapes fit, and the text encoder if all of its sizes are the same.

        Tokens that the tokenizer in `folder` has too keep their embeddings.
        """
        own = self.denoiser.unet.state_dict()
        known = UNet2DConditionModel.from_pretrained(folder / "unet", local_files_only=True).state_dict()
        fitting = {name: weight for name, weight in known.items() if name in own and own[name].shape == weight.shape}
        self.denoiser.unet.load_state_dict(own | fitting)
        weights = [f"unet.{name}" for name in own if name not in fitting]
        tokens = self._take_text_encoder(folder)
        if tokens is None:
            weights += [f"text_encoder.{name}" for name in self.denoiser.text_encoder.state_dict()]
        self.average.load_state_dict({"weights": self.denoiser.state_dict(), "samples": 0})
        return Begun(weights, tokens)

    @torch.no_grad()
    def _take_text_encoder(self, folder: Path) -> list[int] | None:
        """Take the text encoder in `folder`, its token embeddings in the order of this training's tokenizer.

        Tokens that the tokenizer in `folder` lacks keep their initial embeddings; returns them. Returns None, and takes nothing, if
        the sizes differ.
        """
        model = CLIPTextModel.from_pretrained(folder / "text_encoder", local_files_only=True)
        tokens = self.reader.tokenizer.get_vocab()
        known_tokens = CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True).get_vocab()
        embeddings, known = self.denoiser.text_encoder.get_input_embeddings().weight.clone(), model.get_input_embeddings().weight
        if embeddings.shape[1] != known.shape[1]:
            return None
        shared = {number: known_tokens[token] for token, number in tokens.items() if token in known_tokens}
        embeddings[list(shared)] = known[list(shared.values())]
        model.set_input_embeddings(nn.Embedding.from_pretrained(embeddings))
        own, taken = self.denoiser.text_encoder.state_dict(), model.state_dict()
        if {name: weight.shape for name, weight in taken.items()} != {name: weight.shape for name, weight in own.items()}:
            return None
        self.denoiser.text_encoder.load_state_dict(taken)
        return [number for number in tokens.values() if number not in shared]

    def train(
        self, examples: Examples, batch: int, report_every: int = REPORT_EVERY, *, often: Sequence[float] = ()
    ) -> Iterator[TrainingReport]:
        """Learn without end. `often`: how often each example comes, relative to others; empty = all alike."""
        course, latents = self.course, examples.latents.to(self.device)
        shares = list(accumulate(often or [1] * len(examples.scenes)))
        while True:
            began, losses = time.monotonic(), []
            for _ in range(report_every):
                chosen = course.chance.choices(range(len(shares)), cum_weights=shares, k=batch)
                losses.append(self._learn(latents[chosen], self._captions([examples.scenes[index] for index in chosen])))
            self.average.update(course.samples)
            seconds = time.monotonic() - began
            course.seconds += seconds
            yield TrainingReport(
                course.samples, course.seconds, float(torch.stack(losses).mean()), f"{batch * report_every / seconds:.1f}/s"
            )

    def _captions(self, scenes: list[Scene]) -> list[str]:
        chance = self.course.chance
        return [
            "" if chance.random() < EMPTY_CAPTIONS else self.describe(scene, "zh" if chance.random() < CHINESE else "en", chance)
            for scene in scenes
        ]

    def _learn(self, latents: torch.Tensor, captions: list[str]) -> torch.Tensor:
        course = self.course
        timesteps = _spread(len(latents), course.noise)
        noise = torch.randn(latents.shape, generator=course.noise).to(self.device)
        remaining = self._alphas_cumprod[timesteps].to(self.device)
        signal, sigma = remaining.sqrt()[:, None, None, None], (1 - remaining).sqrt()[:, None, None, None]
        noisy = (signal * latents + sigma * noise).contiguous(memory_format=torch.channels_last)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * group["peak"] * warm_up(course.samples, over=200 * len(latents), reference=10_000 * len(latents))
        wanted, importance = signal * noise - sigma * latents, _importance(remaining) / len(latents)
        whole = noisy, timesteps.to(self.device), self.reader.tokens(captions).to(self.device), wanted, importance
        parts = zip(*(tensor.chunk(len(self._networks)) for tensor in whole), strict=True)
        with _attention(self.device):
            losses = list(self._threads.map(self._differentiate, self._networks, parts))
        gradients, *others = ([weight.grad for weight in network.parameters() if weight.grad is not None] for network in self._networks)
        for other in others:
            torch._foreach_add_(gradients, other)
        nn.utils.clip_grad_norm_(self.denoiser.parameters(), 1.0, foreach=True)
        self.optimizer.step()
        course.samples += len(latents)
        return torch.stack(losses).sum()

    def _differentiate(self, network: Denoiser, part: tuple[torch.Tensor, ...]) -> torch.Tensor:
        """Compute the gradients of the network's weights from its part of a batch; returns the part of the loss."""
        noisy, timesteps, tokens, wanted, importance = part
        network.zero_grad()
        with autocast(self.device):
            prediction = network(noisy, timesteps, tokens)
        loss = ((prediction.float() - wanted).square().mean((1, 2, 3)) * importance).sum()
        loss.backward()
        return loss.detach()


def _same_weights(network: Denoiser) -> Denoiser:
    """A network that uses the weights of this one, and has gradients of its own."""
    twin = copy.deepcopy(network)
    for own, shared in zip(twin.parameters(), network.parameters(), strict=True):
        own.data = shared.data
    return twin


def _spread(batch: int, noise: torch.Generator) -> torch.Tensor:
    """B timesteps, one from each of B equal parts of the range: uniform, with less variance between batches."""
    return ((torch.randperm(batch, generator=noise) + torch.rand(batch, generator=noise)) / batch * TIMESTEPS).long()


def _attention(device: torch.device) -> AbstractContextManager:
    """Plain products on the CPU: the gradient of torch's fused attention takes three times as long there."""
    return sdpa_kernel(SDPBackend.MATH) if device.type == "cpu" else nullcontext()


def _importance(remaining: torch.Tensor) -> torch.Tensor:
    """Weight of the squared error of v, from ᾱ. For the error of x0 it equals 1 + min(SNR, 5), so pure noise counts too."""
    return 1 - remaining + torch.minimum(remaining, MIN_SNR * (1 - remaining))

"""The starter model's autoencoder: trained as Stable Diffusion's is, by likeness, by perception and against a critic.

Latent diffusion (Rombach et al., arXiv 2112.10752, §3.1) learns in a compressed space; what compresses must keep what the eye
sees and may invent the rest. So the error of a picture is taken three times: in its colours and slopes, in the features of
a network that knows the world's things (`perception`), and by a critic that tells pictures from reconstructions, patch by
patch (PatchGAN, arXiv 1611.07004; this is where the GAN lives on).
"""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Iterator

import numpy as np
import torch
from diffusers import AutoencoderTiny
from torch import nn
from torch.nn import functional as F

from .checkpoint import Course, PowerAverage, Progress, warm_up
from .perception import Perception
from .pixels import psnr, signed

DIRECT = 8  # px that a latent position may stand for without growing
DEEP_ENCODER, DEEP_DECODER = (0, 1, 2, 4, 4), (6, 5, 3, 1, 1)  # blocks a stage of one that has grown
CROP, BATCH = 128, 8  # px, crops
RATE, WARM_UP, REFERENCE = 6e-4, 400, 6_000  # learning rate; crops until it is reached and until it falls with their root
REPORT = 200  # crops between two reports
LATENT_NOISE = 0.2  # of the latents' own size at most: the UNet's small errors must not show
CRITIC_WEIGHT = 0.04


def autoencoder(factor: int, channels: int, width: int) -> AutoencoderTiny:
    """From pictures to `channels` latents for each square of `factor` px: deep where the picture is small, thin where it is large."""
    blocks = (2, 2, 1, 1, 1)[: factor.bit_length()]
    return _tiny(width, tuple(reversed(blocks)), blocks, channels)


def _tiny(width: int, encoder_blocks: tuple[int, ...], decoder_blocks: tuple[int, ...], channels: int) -> AutoencoderTiny:
    widths = (width,) * len(encoder_blocks)
    return AutoencoderTiny(
        encoder_block_out_channels=widths,
        decoder_block_out_channels=widths,
        num_encoder_blocks=encoder_blocks,
        num_decoder_blocks=decoder_blocks,
        latent_channels=channels,
        upsampling_scaling_factor=2,
    )


@torch.no_grad()
def grown(small: AutoencoderTiny, channels: int) -> AutoencoderTiny:
    """One for pictures twice as large that begins where the small one is: its stages inside, a new one around them, and as many
    latents as are asked for. Deep stages learn far sooner on small pictures (progressive growing, arXiv 1710.10196)."""
    config = small.config
    width = config.encoder_block_out_channels[0]
    large = _tiny(width, (0, *config.num_encoder_blocks), (*config.num_decoder_blocks, 1), channels)
    paint, halve, *inside = large.encoder.layers
    first, *within, last = small.encoder.layers
    for layer, known in zip(inside, within, strict=False):
        layer.load_state_dict(known.state_dict())
    paint.weight.zero_()  # hands on the softened colours, and a one for the bias
    paint.weight[range(3), range(3)] = torch.tensor([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]) / 16
    paint.bias.zero_()
    paint.bias[3] = 1
    halve.weight.zero_()
    halve.weight[:, :3] = first.weight
    halve.weight[:, 3, 1, 1] = first.bias
    inside[-1].weight.mul_(0.3)[: config.latent_channels] = last.weight
    inside[-1].bias.zero_()[: config.latent_channels] = last.bias

    first, *within, last = small.decoder.layers
    opening, *inside = large.decoder.layers
    for layer, known in zip(inside, within, strict=False):
        layer.load_state_dict(known.state_dict())
    opening.weight.mul_(0.3)[:, : config.latent_channels] = first.weight
    opening.bias.copy_(first.bias)
    widen, block, closing = inside[-3:]
    nn.init.dirac_(widen.weight)  # the new stage changes nothing yet
    block.conv[-1].weight.zero_()
    block.conv[-1].bias.zero_()
    closing.load_state_dict(last.state_dict())
    return large


@torch.no_grad()
def deepened(shallow: AutoencoderTiny, encoder_blocks: tuple[int, ...], decoder_blocks: tuple[int, ...]) -> AutoencoderTiny:
    """The same with more blocks a stage; the new ones change nothing yet. Where the picture is small they cost next to nothing."""
    config = shallow.config
    deep = _tiny(config.encoder_block_out_channels[0], encoder_blocks, decoder_blocks, config.latent_channels)
    for known, whole in ((shallow.encoder.layers, deep.encoder.layers), (shallow.decoder.layers, deep.decoder.layers)):
        rest = list(known)
        for layer in whole:
            if rest and type(rest[0]) is type(layer):
                layer.load_state_dict(rest.pop(0).state_dict())
            else:  # behind the stage's own blocks, whose output is never negative
                layer.conv[-1].weight.zero_()
                layer.conv[-1].bias.zero_()
    return deep


class Critic(nn.Sequential):
    """B×3×H×W in −1…1 → B×1×h×w: how real each patch of about 34 px looks."""

    def __init__(self, width: int = 32) -> None:
        super().__init__(
            nn.Conv2d(3, width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.utils.parametrizations.spectral_norm(nn.Conv2d(width, 2 * width, 4, 2, 1)),
            nn.LeakyReLU(0.2),
            nn.utils.parametrizations.spectral_norm(nn.Conv2d(2 * width, 4 * width, 4, 1, 1)),
            nn.LeakyReLU(0.2),
            nn.Conv2d(4 * width, 1, 4, 1, 1),
        )


class AutoencoderTraining:
    """The autoencoder, its critic and what both have learned so far.

    With `perception` the reconstruction is also compared as that network sees it; with `adversarial` also by the critic.
    With `encoder_frozen` only the decoder goes on learning: latents that were made before stay valid.
    """

    def __init__(self, learner: AutoencoderTiny, device: str = "cpu", perception: Perception | None = None, seed: int = 0) -> None:
        self.device = torch.device(device)
        self.autoencoder = learner.to(self.device, memory_format=torch.channels_last)
        self.critic = Critic().to(self.device, memory_format=torch.channels_last)
        self.perception = perception
        self.adversarial = self.encoder_frozen = False
        self._optimizer = torch.optim.AdamW(self.autoencoder.parameters(), lr=RATE, betas=(0.9, 0.95), weight_decay=1e-4, fused=True)
        self._critic_optimizer = torch.optim.AdamW(self.critic.parameters(), lr=RATE / 4, betas=(0.5, 0.9), fused=True)
        self.average = PowerAverage(self.autoencoder)
        self.course = Course(
            {
                "autoencoder": self.autoencoder,
                "average": self.average,
                "critic": self.critic,
                "optimizer": self._optimizer,
                "critic_optimizer": self._critic_optimizer,
            },
            seed,
        )

    def train(self, pictures: np.ndarray, batch: int = BATCH) -> Iterator[Progress]:
        """`pictures`: N×H×W×3 uint8, as large as one likes (a memory map). Goes on until nobody asks for more."""
        self.autoencoder.encoder.requires_grad_(not self.encoder_frozen)
        course, losses, began = self.course, [], time.monotonic()
        while True:
            for group in self._optimizer.param_groups:
                group["lr"] = RATE * warm_up(course.samples, WARM_UP, REFERENCE)
            loss, made, wanted = self._learn(_crops(pictures, batch, course.chance).to(self.device))
            if self.adversarial:
                self._teach_critic(made, wanted)
            losses.append(loss)
            course.samples += batch
            self.average.update(course.samples)
            if len(losses) * batch >= REPORT:
                course.seconds += time.monotonic() - began
                yield Progress(course.samples, course.seconds, torch.stack(losses).mean().item())
                losses, began = [], time.monotonic()

    def averaged(self) -> AutoencoderTiny:
        """What has been learned, as it is best: with the slow average of its weights."""
        best = copy.deepcopy(self.autoencoder).eval().requires_grad_(False)
        best.load_state_dict(self.average.weights)
        return best

    def _learn(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The loss, what was made, and what should have been."""
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            latents = self.autoencoder.encode(picture).latents
            wanted, seen = _moved_alike(picture, latents, self.course.chance)
            noise = torch.randn(seen.shape, generator=self.course.noise)
            noise *= torch.rand(len(seen), 1, 1, 1, generator=self.course.noise) * LATENT_NOISE
            made = self.autoencoder.decode(seen + noise.to(self.device)).sample.float()
            wanted = wanted.contiguous(memory_format=torch.channels_last)
            loss = likeness(made, wanted)
            if self.perception is not None:
                loss = loss + 0.5 * self.perception.difference(made, wanted)
            if self.adversarial:
                loss = loss - CRITIC_WEIGHT * self.critic(made).float().mean()
        spread = latents.float()
        loss = loss + 0.02 * (spread.mean((0, 2, 3)).square().mean() + (spread.var((0, 2, 3)) - 1).square().mean())
        self._optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.autoencoder.parameters(), 1.0)
        self._optimizer.step()
        return loss.detach(), made.detach(), wanted

    def _teach_critic(self, made: torch.Tensor, real: torch.Tensor) -> None:
        """Hinge loss (arXiv 1705.02894)."""
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            loss = F.relu(1 - self.critic(real)).float().mean() + F.relu(1 + self.critic(made)).float().mean()
        self._critic_optimizer.zero_grad()
        loss.backward()
        self._critic_optimizer.step()


def likeness(made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean absolute difference of B×3×H×W in −1…1, also at half and quarter size, and of the slopes."""
    loss = F.l1_loss(made, wanted)
    small, small_wanted = made, wanted
    for _ in range(2):
        small, small_wanted = F.avg_pool2d(small, 2), F.avg_pool2d(small_wanted, 2)
        loss = loss + 0.5 * F.l1_loss(small, small_wanted)
    for side in (2, 3):
        loss = loss + 0.5 * F.l1_loss(made.diff(dim=side), wanted.diff(dim=side))
    return loss


def _moved_alike(picture: torch.Tensor, latents: torch.Tensor, chance: random.Random) -> tuple[torch.Tensor, torch.Tensor]:
    """Now and then both are shrunk, turned or mirrored alike, so that latents behave like small pictures: a UNet learns such
    latents sooner (EQ-VAE, arXiv 2502.09509)."""
    if chance.random() < 0.7:
        return picture, latents
    turns = chance.randrange(4)
    picture, latents = torch.rot90(picture, turns, (2, 3)), torch.rot90(latents, turns, (2, 3))
    if chance.random() < 0.5:
        picture, latents = picture.flip(3), latents.flip(3)
    scale = chance.choice((0.5, 0.75, 1.0))
    if scale < 1:
        picture = F.interpolate(picture, scale_factor=scale, mode="bilinear", antialias=True)
        latents = F.interpolate(latents.float(), scale_factor=scale, mode="bilinear", antialias=True)
    return picture, latents


def _crops(pictures: np.ndarray, batch: int, chance: random.Random) -> torch.Tensor:
    """B×3×CROP×CROP in −1…1 (smaller where the pictures are), from pictures and places drawn at random."""
    side = min(CROP, pictures.shape[1])
    room = pictures.shape[1] - side + 1
    crops = []
    for _ in range(batch):
        number, top, left = (chance.randrange(most) for most in (len(pictures), room, room))
        crops.append(torch.from_numpy(pictures[number, top : top + side, left : left + side].copy()))
    return signed(torch.stack(crops)).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def fidelity(autoencoder: AutoencoderTiny, pictures: np.ndarray) -> float:
    """dB between N×H×W×3 uint8 pictures and what is left of them after encoding and decoding, the mean over the pictures."""
    weight = next(autoencoder.parameters())
    wanted = torch.from_numpy(np.array(pictures))
    made = [autoencoder.decode(autoencoder.encode(signed(picture[None]).to(weight)).latents).sample[0] for picture in wanted]
    return psnr(torch.stack(made).permute(0, 2, 3, 1).float().cpu().clamp(-1, 1).add(1).mul(127.5), wanted)

"""The starter model's autoencoder and its training.

As in latent diffusion (Rombach et al., arXiv 2112.10752, §3.1) the loss has three parts: the pixels and their gradients, the
perceptual distance of a pretrained network (`perception`), and a critic that tells pictures from reconstructions patch by
patch (PatchGAN, arXiv 1611.07004).
"""

from __future__ import annotations

import copy
import random
import statistics
import time
from collections.abc import Iterator

import numpy as np
import torch
from diffusers import AutoencoderTiny
from diffusers.models.autoencoders.vae import AutoencoderTinyBlock
from torch import nn
from torch.nn import functional as F

from ..diffusion.device import channels_last
from .checkpoint import Course, PowerAverage, Training, TrainingReport, seeded
from .muon import Muon
from .perception import Perception
from .pixels import psnr, signed, unsigned
from .precision import autocast
from .shape import Shape

DECODER_BLOCKS = 5, 5, 3, 2, 1  # residual blocks of each stage, from the latents of a factor of 16 to the full size
CROP, BATCH = 128, 8  # px, crops
WHOLE = 0.25  # share of the crops that are whole pictures at half size
MUON_RATE, ADAM_RATE, CRITIC_RATE = 0.012, 1e-3, 3e-4
WARM_UP = 480  # crops
DECAY_FROM, LAST_RATE = 0.4, 0.05  # share of the plan after which the learning rate falls linearly; its last value, a share
CRITIC_FROM, CRITIC_RAMP = 0.55, 0.05  # share of the plan after which the encoder is frozen and the critic trained; its ramp
CRITIC_WEIGHT, PERCEPTION_WEIGHT, SPREAD_WEIGHT = 0.08, 0.35, 0.02
PERCEIVED = 0.5  # share of a batch that the perceptual distance is computed for: it is the slowest part of the loss
LATENT_NOISE = 0.08  # of the latents' standard deviation, added before decoding
MOST_NOISE = 0.25  # once the encoder is frozen, each crop has its own share up to this: generated latents are never quite right
HALVED = 0.2  # share of the batches whose latents and target are both halved in size
SPREAD = 0.5  # standard deviation of each latent channel: the decoder's tanh(latents / 3) is nearly linear there
MOST_GRADIENT = 5.0  # norm


def autoencoder(shape: Shape) -> AutoencoderTiny:
    """An untrained autoencoder of the shape; see `pass_through` for its initial weights."""
    stages = shape.factor.bit_length()
    made = AutoencoderTiny(
        latent_channels=shape.channels,
        encoder_block_out_channels=(shape.encoder_width,) * stages,
        decoder_block_out_channels=(shape.decoder_width,) * stages,
        num_encoder_blocks=tuple(range(stages)),
        num_decoder_blocks=DECODER_BLOCKS[-stages:],
        scaling_factor=1 / SPREAD,
    )
    pass_through(made)
    return made


@torch.no_grad()
def pass_through(model: AutoencoderTiny) -> None:
    """Initialise the weights so that the input passes through all stages from the start.

    Strided convolutions begin as the average of their 2 × 2 positions, convolutions after an upsampling as the identity, both
    plus 0.3 × the default; residual blocks begin close to zero. With Muon this reached 20.4 dB after 1,200 crops; the default weights
    with AdamW reached 15.7 dB after 2,100.
    """
    for block in model.modules():
        if isinstance(block, AutoencoderTinyBlock):
            layers = [layer for layer in block.conv if isinstance(layer, nn.Conv2d)]
            for layer in layers:
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
            layers[-1].weight.mul_(0.1)
    for layer in (*model.encoder.layers, *model.decoder.layers):
        if isinstance(layer, nn.Conv2d) and layer.bias is None:  # the layers that change the size are those without a bias
            identity = torch.eye(*layer.weight.shape[:2])[:, :, None, None]
            layer.weight.mul_(0.3)
            if layer.stride == (2, 2):
                layer.weight[:, :, 1:3, 1:3] += identity / 4
            else:
                layer.weight[:, :, 1:2, 1:2] += identity


class Critic(nn.Sequential):
    """B×3×H×W in −1…1 → B×1×h×w: how real each patch looks."""

    def __init__(self, width: int = 48) -> None:
        norm = nn.utils.parametrizations.spectral_norm
        super().__init__(
            norm(nn.Conv2d(3, width, 4, 2, 1)),
            nn.LeakyReLU(0.2),
            norm(nn.Conv2d(width, 2 * width, 4, 2, 1)),
            nn.LeakyReLU(0.2),
            norm(nn.Conv2d(2 * width, 4 * width, 4, 2, 1)),
            nn.LeakyReLU(0.2),
            norm(nn.Conv2d(4 * width, 1, 3, 1, 1)),
        )


class AutoencoderTraining(Training):
    """Training of an autoencoder over a plan of `crops`. It can be stopped, saved (`state_dict`) and resumed between any two reports.

    Learning rates, the critic and the freezing of the encoder depend on the share of the plan that is done and on nothing else,
    so a resumed training gives the same bits as an uninterrupted one. The plan may be changed between two runs.
    """

    def __init__(
        self, learner: AutoencoderTiny, perception: Perception, crops: int, device: torch.device | str = "cpu", seed: int = 0
    ) -> None:
        self.device, self.crops = torch.device(device), crops
        self.autoencoder = channels_last(learner, self.device)
        self.perception = channels_last(perception, self.device)
        with seeded(seed):
            self.critic = channels_last(Critic(), self.device)
        matrices, others = _weights(self.autoencoder)
        muon = Muon(matrices, MUON_RATE)
        adam = torch.optim.AdamW(others, ADAM_RATE, betas=(0.9, 0.99), weight_decay=0, fused=True)
        self._rates = {muon: MUON_RATE, adam: ADAM_RATE}
        self._critic_optimizer = torch.optim.AdamW(self.critic.parameters(), CRITIC_RATE, betas=(0.5, 0.9), fused=True)
        self.average = PowerAverage(self.autoencoder)
        self.course = Course(
            {
                "autoencoder": self.autoencoder,
                "average": self.average,
                "critic": self.critic,
                "muon": muon,
                "adam": adam,
                "critic_optimizer": self._critic_optimizer,
            },
            seed,
        )

    def train(self, pictures: np.ndarray, batch: int = BATCH) -> Iterator[TrainingReport]:
        """Learn from crops of `pictures`, N×H×W×3 uint8 (a memory map may be passed), until the plan is done; report each batch."""
        course = self.course
        while course.samples < self.crops:
            began, done = time.monotonic(), course.samples / self.crops
            if is_encoder_frozen(course.samples, self.crops):
                self._freeze_encoder()
            for optimizer, peak in self._rates.items():
                optimizer.param_groups[0]["lr"] = peak * learning_rate(course.samples, self.crops)
            loss = self._learn(_crops(pictures, batch, course.chance).to(self.device), critic=(done - CRITIC_FROM) / CRITIC_RAMP)
            course.samples += batch
            self.average.update(course.samples)
            course.seconds += time.monotonic() - began
            yield TrainingReport(course.samples, course.seconds, loss.item())

    def averaged(self) -> AutoencoderTiny:
        """A copy with the averaged weights, which reconstruct better than the latest ones."""
        best = copy.deepcopy(self.autoencoder).eval().requires_grad_(False)
        best.load_state_dict(self.average.weights)
        return best

    @torch.no_grad()
    def _freeze_encoder(self) -> None:
        """Replace the encoder by its average, which then stays as it is: latents made by `averaged` remain valid."""
        encoder = self.autoencoder.encoder
        if any(weight.requires_grad for weight in encoder.parameters()):
            encoder.load_state_dict(
                {name.removeprefix("encoder."): weight for name, weight in self.average.weights.items() if name.startswith("encoder.")}
            )
            encoder.requires_grad_(False)

    def _learn(self, pictures: torch.Tensor, critic: float) -> torch.Tensor:
        """One step on B×3×H×W pictures; returns the loss. `critic`: its weight, 1 at the end of the ramp; 0 or less without it."""
        noise, chance = self.course.noise, self.course.chance
        with autocast(self.device):
            latents = self.autoencoder.encode(pictures).latents
            disturbance = torch.randn(latents.shape, generator=noise).to(self.device)
            level = LATENT_NOISE if critic <= 0 else MOST_NOISE * torch.rand((len(latents), 1, 1, 1), generator=noise).to(self.device)
            noisy = latents + level * latents.detach().float().std() * disturbance
            wanted = pictures
            if critic <= 0 and chance.random() < HALVED:  # scale equivariance (EQ-VAE, arXiv 2502.09509): easier to diffuse
                noisy, wanted = F.avg_pool2d(noisy.float(), 2), F.avg_pool2d(wanted, 2)
            made = self.autoencoder.decode(noisy).sample.float()
            perceived = max(1, int(PERCEIVED * len(made)))
            loss = difference(made, wanted) + PERCEPTION_WEIGHT * self.perception.distance(made[:perceived], wanted[:perceived])
            if critic > 0:
                self.critic.requires_grad_(False)
                loss = loss - CRITIC_WEIGHT * min(1, critic) * self.critic(made).float().mean()
                self.critic.requires_grad_(True)
            else:
                loss = loss + SPREAD_WEIGHT * uneven(latents)
        for optimizer in self._rates:
            optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.autoencoder.parameters(), MOST_GRADIENT)
        for optimizer in self._rates:
            optimizer.step()
        if critic > 0:
            self._teach_critic(made.detach(), wanted)
        return loss.detach()

    def _teach_critic(self, made: torch.Tensor, real: torch.Tensor) -> None:
        """Hinge loss (arXiv 1705.02894)."""
        with autocast(self.device):
            loss = F.relu(1 - self.critic(real)).float().mean() + F.relu(1 + self.critic(made)).float().mean()
        self._critic_optimizer.zero_grad()
        loss.backward()
        self._critic_optimizer.step()


def learning_rate(samples: int, plan: int) -> float:
    """Factor on the peak: linear warm-up, constant, then linear decay to LAST_RATE at the end of the plan."""
    decayed = max(0.0, samples / plan - DECAY_FROM) / (1 - DECAY_FROM)
    return min(1.0, (samples + 1) / WARM_UP) * max(LAST_RATE, 1 - decayed * (1 - LAST_RATE))


def is_encoder_frozen(samples: int, plan: int) -> bool:
    """Whether a training with so many crops of the plan done keeps its encoder as it is from now on."""
    return samples / plan >= CRITIC_FROM


def difference(made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean absolute difference of B×3×H×W in −1…1, plus that at quarter size, plus half that of the gradients."""
    loss = F.l1_loss(made, wanted) + F.l1_loss(F.avg_pool2d(made, 4), F.avg_pool2d(wanted, 4))
    for side in (2, 3):
        loss = loss + 0.5 * F.l1_loss(made.diff(dim=side), wanted.diff(dim=side))
    return loss


def uneven(latents: torch.Tensor) -> torch.Tensor:
    """Penalty for B×C×h×w latents whose channels do not have mean 0 and standard deviation SPREAD."""
    latents = latents.float()
    return latents.mean((0, 2, 3)).square().mean() + (latents.var((0, 2, 3)) / SPREAD**2 - 1).square().mean()


def _weights(model: AutoencoderTiny) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """The weights that Muon trains, and the others: biases, the first layer and those that make latents and pictures."""
    outer = {id(layer.weight) for layer in (model.encoder.layers[0], model.encoder.layers[-1], model.decoder.layers[-1])}
    matrices = [weight for weight in model.parameters() if weight.ndim == 4 and id(weight) not in outer]
    chosen = {id(weight) for weight in matrices}
    return matrices, [weight for weight in model.parameters() if id(weight) not in chosen]


def _crops(pictures: np.ndarray, batch: int, chance: random.Random) -> torch.Tensor:
    """B×3×CROP×CROP in −1…1, half of them mirrored; smaller if the pictures are smaller."""
    side = min(CROP, pictures.shape[1])
    room = pictures.shape[1] - side + 1
    crops = []
    for _ in range(batch):
        picture = pictures[chance.randrange(len(pictures))]
        if pictures.shape[1] == 2 * side and chance.random() < WHOLE:
            crop = picture.reshape(side, 2, side, 2, 3).mean((1, 3), dtype=np.float32)
        else:
            top, left = chance.randrange(room), chance.randrange(room)
            crop = picture[top : top + side, left : left + side].astype(np.float32)
        crops.append(torch.from_numpy(crop[:, ::-1].copy() if chance.random() < 0.5 else crop))
    return signed(torch.stack(crops)).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def fidelity(autoencoder: AutoencoderTiny, pictures: np.ndarray, perception: Perception) -> tuple[float, float]:
    """PSNR in dB and perceptual distance between N×H×W×3 uint8 pictures and their reconstructions, the means over the pictures.

    Both networks are on the same device.
    """
    weight = next(autoencoder.parameters())
    decibels, distances = [], []
    for picture in torch.from_numpy(np.array(pictures)).split(1):
        wanted = signed(picture).to(weight)
        made = autoencoder.decode(autoencoder.encode(wanted).latents).sample.clamp(-1, 1)
        decibels.append(psnr(unsigned(made).cpu(), picture))
        distances.append(float(perception.distance(made, wanted)))
    return statistics.fmean(decibels), statistics.fmean(distances)

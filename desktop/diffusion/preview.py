"""The decoders for the previews of steps: linear map, preview decoder, full autoencoder.

The linear map from latents to RGB is fitted here to the model's own autoencoder and costs microseconds. A preview decoder
is in the model's folder (`preview_decoder/`), or in a folder of previews beside the model (`previews/taesd/`, `previews/taef1/`, …):
ours, distilled from the autoencoder, or a TAESD-class `AutoencoderTiny`.
"""

from __future__ import annotations

import itertools
import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from diffusers import AutoencoderTiny
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

from .denoise import StepImages
from .device import channels_last
from .pixels import to_pixels
from .run import Pixels, Previews
from .views import Grid, as_grid

log = logging.getLogger(__name__)

PREVIEWS = "previews"  # a folder beside those of models, with TAESD-class decoders in folders of their usual names
MOST_PREVIEW = 512  # px on the longer side
MOST_THUMBNAIL = 128  # px
FIRST_POSITIONS = 16  # of latents, on a side of the picture that the first linear map is fitted to
CHEAP_SECONDS = 0.0013  # a preview that costs no more is always fast enough,
CHEAP_SHARE = 0.02  # and so is one that costs no more than this part of a step

Decode = Callable[[torch.Tensor], torch.Tensor]  # B×C×h×w latents as the sampler sees them → B×H×W×3, about 0…255


class PreviewDecoder(nn.Module):
    """3×3 convolution at latent size, ×2 upsampling, 3×3 convolution, pixel shuffle.

    The second convolution, at twice the latent size, makes adjacent patches fit together; without it they show as a grid.
    """

    def __init__(self, latent_channels: int = 4, channels: int = 128, features: int = 16, patch: int = 4) -> None:
        """`features`: channels after upsampling; `patch`: px per position after upsampling, in each direction."""
        super().__init__()
        self.config = {
            "_class_name": "PreviewDecoder",
            "latent_channels": latent_channels,
            "channels": channels,
            "features": features,
            "patch": patch,
        }
        self.patch = patch
        self.look = nn.Conv2d(latent_channels, channels, 3, padding=1)
        self.quarter = nn.Conv2d(channels, 4 * features, 1)
        self.paint = nn.Conv2d(features, 3 * patch * patch, 3, padding=1)

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        """B×C×h×w → B×H×W×3, about 0…255."""
        quarters = _spread(F.relu_(self.quarter(F.relu_(self.look(latents)))), 2)
        return _spread(self.paint(quarters.permute(0, 3, 1, 2)), self.patch)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(json.dumps(self.config, indent=2) + "\n", encoding="utf-8")
        weights = {name: weight.to(torch.bfloat16).contiguous() for name, weight in self.state_dict().items()}
        save_file(weights, folder / "model.safetensors")


def preview_decoder(model: Path, tiny: str, channels: int, dtype: torch.dtype, device: torch.device) -> Decode | None:
    """Load a preview decoder: from the model's folder, or the one called `tiny` from a folder of previews beside the model.

    `channels`: of the latents. None if there is none, or if it cannot be used, which is logged.
    """
    places = [model / "preview_decoder", *([model.parent / PREVIEWS / tiny] if tiny else [])]
    folder = next((place for place in places if (place / "config.json").is_file()), None)
    if folder is None:
        return None
    try:
        return _opened(folder, channels, dtype, device)
    except Exception as problem:  # the libraries raise errors of many types for malformed files
        log.warning("The preview decoder of %s is not used: %s", model.name, problem)
        return None


def _opened(folder: Path, channels: int, dtype: torch.dtype, device: torch.device) -> Decode:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config.get("latent_channels", channels) != channels:
        raise ValueError(f"it reads {config['latent_channels']} channels, not {channels}")
    if config.pop("_class_name", None) == "AutoencoderTiny":
        tiny = AutoencoderTiny.from_config(config)
        tiny.load_state_dict(load_file(folder / "diffusion_pytorch_model.safetensors"))
        tiny.to(device, dtype).eval()
        return lambda latents: tiny.decode(latents).sample.permute(0, 2, 3, 1).add(1).mul(127.5)
    decoder = PreviewDecoder(**config)
    decoder.load_state_dict(load_file(folder / "model.safetensors"))
    return channels_last(decoder, device, dtype).eval()


class LinearMap:
    """Latents to RGB by one matrix: least squares over everything seen so far, as running normal equations."""

    def __init__(self, channels: int) -> None:
        """`channels`: of the latents."""
        size = channels + 1
        self._products = torch.eye(size, dtype=torch.float64) * 1e-3  # the ridge keeps it solvable from the first picture
        self._targets = torch.zeros(size, 3, dtype=torch.float64)
        self._matrix = torch.zeros(size, 3)

    def learn(self, latents: torch.Tensor, picture: torch.Tensor) -> None:
        """Add a sample: 1×C×h×w latents and their decoded picture, H×W×3, 0…255."""
        _, _, height, width = latents.shape
        colours = F.adaptive_avg_pool2d(picture.double().cpu().permute(2, 0, 1), (height, width)).flatten(1).T
        features = latents[0].double().cpu().flatten(1).T
        if features.isfinite().all() and colours.isfinite().all():
            features = torch.cat([features, torch.ones(len(features), 1, dtype=torch.float64)], dim=1)
            self._products += features.T @ features
            self._targets += features.T @ colours
            self._matrix = torch.linalg.solve(self._products, self._targets).float()

    def __call__(self, latents: torch.Tensor) -> torch.Tensor:
        """B×C×h×w → B×h×w×3, about 0…255."""
        return F.linear(latents.float().cpu().permute(0, 2, 3, 1), self._matrix[:-1].T, self._matrix[-1])


class Previewer:
    """The decoders of one loaded model for previews."""

    def __init__(self, linear: LinearMap, decoder: Decode | None, full: Decode, latent_size: int, dtype: torch.dtype) -> None:
        self.linear, self.decoder, self.full, self.dtype = linear, decoder, full, dtype
        self.most_positions = MOST_PREVIEW // latent_size  # of latents, on the longer side of a preview
        self._first_side = FIRST_POSITIONS * latent_size  # px
        self._costs: dict[tuple[int, ...], float] = {}  # seconds of the preview decoder by shape of latents

    def renderer(self, previews: Previews, grid: Grid = as_grid) -> StepRenderer:
        """The previews for one run, the latents of which `grid` turns into B×C×h×w."""
        return StepRenderer(self, previews, grid)

    def glimpse(self, latents: torch.Tensor) -> torch.Tensor:
        """B×C×h×w latents → B×H×W×3, uint8 on the CPU, by the preview decoder if there is one, else by the linear map."""
        with torch.inference_mode():
            return _bytes((self.decoder or self.linear)(latents.to(self.dtype)))

    def fit(self, encode: Callable[[torch.Tensor], torch.Tensor]) -> None:
        """Fit a first linear map to one synthetic picture; finished pictures refine it later."""
        with torch.no_grad():  # weights that are moved in inference mode could not be used outside of it
            latents = encode(_colours(self._first_side))
            self.linear.learn(latents, self.full(latents)[0].float())

    def cost(self, decoder: Decode, latents: torch.Tensor) -> float:
        """Seconds that the preview decoder takes for these latents: the minimum so far, measured again while it is close to the limit."""
        known = self._costs.get(latents.shape)
        if known is None or CHEAP_SECONDS < known < 4 * CHEAP_SECONDS:  # a busy moment must not decide for the whole session
            measured = min(itertools.islice(_timings(decoder, latents), 5))
            self._costs[latents.shape] = measured if known is None else min(known, measured)
        return self._costs[latents.shape]


class StepRenderer:
    """The previews of one run. Chooses its decoder once, when the duration of a step is known."""

    def __init__(self, previewer: Previewer, previews: Previews, grid: Grid) -> None:
        self._previewer, self._previews, self._grid = previewer, previews, grid
        self._left: float | None = None  # when the last preview was finished
        self._decode: Decode | None = None

    def __call__(self, x0: torch.Tensor | None, x_t: torch.Tensor) -> StepImages:
        if self._previews is Previews.OFF:
            return StepImages()
        step = 0.0 if self._left is None else time.perf_counter() - self._left
        with torch.inference_mode():
            try:
                look = self._look(x0, x_t, step)
            except Exception:  # a failed preview must not end the run
                if self._previewer.decoder is None:
                    raise
                log.warning("The preview decoder failed and is no longer used", exc_info=True)
                self._previewer.decoder = self._decode = None
                look = self._look(x0, x_t, step)
        self._left = time.perf_counter()
        return look

    def decode(self, latents: torch.Tensor) -> Pixels | None:
        """Latents in the layout of the pipeline → a preview by the decoder of this run; None with previews off."""
        if self._previews is Previews.OFF:
            return None
        previewer = self._previewer
        with torch.inference_mode():
            shrunk = _shrunk(self._grid(latents), previewer.most_positions).to(previewer.dtype)
            return to_pixels(_bytes((self._decode or previewer.linear)(shrunk))[0])

    def _look(self, x0: torch.Tensor | None, x_t: torch.Tensor, step: float) -> StepImages:
        previewer = self._previewer
        latents = x_t if x0 is None else torch.cat([x0.to(x_t.dtype), x_t])
        latents = _shrunk(self._grid(latents), previewer.most_positions).to(previewer.dtype)
        decode = self._decode or self._choice(latents, step)
        pictures = _bytes(decode(latents))
        views = [to_pixels(picture) for picture in pictures]
        if self._previews is Previews.BEST and previewer.decoder is None and x0 is not None:
            pictures, decode = _bytes(previewer.full(latents[:1])), previewer.full
            views[0] = to_pixels(pictures[0])
        estimate = None if x0 is None else views[0]
        return StepImages(estimate, views[-1], _thumbnail(pictures[0], views[0]), decode is previewer.linear)

    def _choice(self, latents: torch.Tensor, step: float) -> Decode:
        """The preview decoder if it is cheap relative to a step, else the linear map; `step`: seconds of a step, 0 before the first."""
        previewer = self._previewer
        if previewer.decoder is None or self._previews is Previews.BEST:
            self._decode = previewer.decoder or previewer.linear
        else:
            cost = previewer.cost(previewer.decoder, latents.expand(2, -1, -1, -1))
            if cost <= max(CHEAP_SECONDS, CHEAP_SHARE * step):
                self._decode = previewer.decoder
            elif step:
                self._decode = previewer.linear
        return self._decode or previewer.linear


def _timings(decoder: Decode, latents: torch.Tensor) -> Iterator[float]:
    """Yield durations in seconds; the first is the slowest. Stops after a duration above 0.25 s."""
    taken = 0.0
    while taken < 0.25:
        began = time.perf_counter()
        _bytes(decoder(latents))
        taken = time.perf_counter() - began
        yield taken


def _spread(features: torch.Tensor, factor: int) -> torch.Tensor:
    """B×factor²·C×h×w → B×h·factor×w·factor×C; unlike `pixel_shuffle`, without a copy when channels come last."""
    batch, channels, rows, columns = features.shape
    inner = features.permute(0, 2, 3, 1).reshape(batch, rows, columns, factor, factor, channels // factor**2)
    return inner.transpose(2, 3).reshape(batch, rows * factor, columns * factor, channels // factor**2)


def _shrunk(latents: torch.Tensor, most: int) -> torch.Tensor:
    """Average latents so that neither side has more than `most` positions; much cheaper than shrinking the picture."""
    factor = -(-max(latents.shape[-2:]) // most)
    return latents if factor == 1 else F.avg_pool2d(latents, factor, ceil_mode=True)


def _bytes(pictures: torch.Tensor) -> torch.Tensor:
    """B×H×W×3 in 0…255 → uint8 on the CPU. Rounds, because truncation would darken the picture by half a level."""
    return _narrowed(pictures.float().round().clamp_(0, 255)).cpu()


def _narrowed(whole: torch.Tensor) -> torch.Tensor:
    """Whole numbers in 0…255 → uint8, through int16: torch has no vectorised conversion from floats to uint8."""
    return whole.to(torch.int16).to(torch.uint8)


def _thumbnail(picture: torch.Tensor, pixels: Pixels) -> Pixels:
    """`picture`, H×W×3 uint8, reduced by averaging squares; at the right and lower edge the squares are cut off.

    Same result as `avg_pool2d(ceil_mode=True)` in a third of the time: sums rows first, then shifted rows.
    """
    factor = -(-max(pixels.width, pixels.height) // MOST_THUMBNAIL)
    if factor == 1:
        return pixels
    right, below = -pixels.width % factor, -pixels.height % factor
    values = picture.to(torch.int16)  # sums stay below 2¹⁵ up to factor 11
    if right or below:
        values = F.pad(values, (0, 0, 0, right, 0, below))
    rows = values.view(len(values) // factor, factor, -1)
    columns = sum((rows[:, row] for row in range(1, factor)), rows[:, 0])
    length = columns.shape[1] - 3 * (factor - 1)
    columns = sum((columns[:, 3 * column :][:, :length] for column in range(1, factor)), columns[:, :length])
    first = 3 * factor * torch.arange(columns.shape[1] // (3 * factor) + 1)[:, None]
    squares = columns.float().index_select(1, (first + torch.arange(3)).flatten()).view(len(columns), -1, 3)
    if right or below:
        squares /= _counts(len(squares), factor, below)[:, None, None] * _counts(squares.shape[1], factor, right)[:, None]
    else:
        squares /= factor * factor
    return to_pixels(_narrowed(squares.round_()))


def _counts(squares: int, factor: int, missing: int) -> torch.Tensor:
    """Number of rows (or columns) of the picture in each square."""
    counts = torch.full((squares,), factor)
    counts[-1] -= missing
    return counts


def _colours(side: int) -> torch.Tensor:
    """A synthetic picture of all colours, with smooth and sharp regions: 1×3×side×side in −1…1."""
    generator = torch.Generator().manual_seed(0)
    fields = [
        F.interpolate(torch.rand(1, 3, size, size, generator=generator) * 2 - 1, size=(side, side), mode=mode)
        for size, mode in ((4, "bicubic"), (8, "nearest"), (16, "bicubic"))
    ]
    mask = F.interpolate(torch.rand(1, 1, 6, 6, generator=generator), size=(side, side), mode="bicubic")
    return torch.where(mask > 0.6, fields[1], 0.75 * fields[0] + 0.25 * fields[2]).mul(1.2).clamp(-1, 1)

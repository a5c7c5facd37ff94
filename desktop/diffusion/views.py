"""Views of a step: latent channels in false colour, and heat maps over the picture.

Colours are computed in OKLCH (Ottosson 2020), in which equal lightness differences look equal.
"""

from __future__ import annotations

import logging
from array import array
from collections.abc import Callable

import torch
from torch.nn import functional as F

from .pixels import to_pixels, to_tensor
from .run import Latents, LiveViews, Pixels, Step, View, WatchedViews
from .snapshot import Snapshot
from .tiles import Tiles

log = logging.getLogger(__name__)

Grid = Callable[[torch.Tensor], torch.Tensor]  # latents in the layout of their pipeline → B×C×h×w

MOST_VALUE = 3.0  # of latents, in standard deviations of noise: the ends of the false colours
MOST_SHARE = 1.5  # of the picture's strength: the upper end of a heat map
LUMA = torch.tensor([0.2126, 0.7152, 0.0722])
DIMMED = 0.5  # of the brightness of the picture under a heat map
MOST_LIVE = 128  # px, longer side of a live heat map; latents seldom have more positions


def channels(latents: torch.Tensor) -> Pixels:
    """1×C×h×w → its channels side by side, each position a square: blue below zero, black at zero, amber above."""
    colours = BLUE_AMBER[_index(latents[0].float().cpu() / (2 * MOST_VALUE) + 0.5)]  # C×h×w×3
    count, height, width, _ = colours.shape
    tiles = Tiles(count, width, height)
    across, down = tiles.size
    sheet = torch.zeros(down, across, 3, dtype=torch.uint8)
    for channel, rows in enumerate(colours.repeat_interleave(tiles.square, 2)):
        x, y = tiles.corner(channel)
        sheet[y : y + height * tiles.square, x : x + width * tiles.square].unflatten(0, (height, -1))[:] = rows[:, None]
    return to_pixels(sheet)


def heat(shares: torch.Tensor, picture: Pixels) -> Pixels:
    """h×w shares of the picture's strength over the picture in dim grey; square roots make small shares visible."""
    warmth = (shares.float().cpu() / MOST_SHARE).sqrt()
    warmth = F.interpolate(warmth[None, None], (picture.height, picture.width), mode="bicubic").clamp(0, 1)[0, 0]
    grey = DIMMED * (to_tensor(picture).float() @ LUMA)[..., None]
    cover = (1.5 * warmth).clamp(max=1)[..., None]
    return to_pixels((grey * (1 - cover) + HEAT[_index(warmth)] * cover).round().to(torch.uint8))


def noise(record: Snapshot) -> torch.Tensor | None:
    """ε for any prediction type: (x_t − signal · x0) / strength; None if the scheduler does not tell the level or x0."""
    if not record.level or record.x0 is None:
        return None
    signal, strength = record.level
    return (record.sample.float() - signal * record.x0.float()) / strength


def change(record: Snapshot, before: torch.Tensor | None, grid: Grid) -> torch.Tensor | None:
    """h×w: change of x0 in this step at each position, relative to the RMS of x0; None if x0 is unknown.

    `before`: x0 of the previous step, None for the first.
    """
    if record.x0 is None:
        return None
    return share(record.x0.float() if before is None else record.x0.float() - before.float(), record, grid)


def guidance(record: Snapshot, without: torch.Tensor, prompted: torch.Tensor, scale: float, grid: Grid) -> torch.Tensor | None:
    """h×w: change of x0 by guidance at each position, relative to the RMS of x0; from both predictions of the denoiser.

    None if x0 does not follow from a prediction.
    """
    if record.mix is None or record.x0 is None:
        return None
    return share(record.mix[1] * scale * (prompted.float() - without.float()), record, grid)


def share(moved: torch.Tensor, record: Snapshot, grid: Grid) -> torch.Tensor:
    """Change of x0, which is known → h×w, RMS over the channels, relative to the RMS of x0."""
    assert record.x0 is not None
    return (grid(moved.float())[0].square().mean(0) / record.x0.float().square().mean()).sqrt()


def is_grid(latents: torch.Tensor) -> bool:
    """Whether latents are B×C×h×w in the layout of their pipeline."""
    return latents.ndim == 4


def as_grid(latents: torch.Tensor) -> torch.Tensor:
    """Latents that are a grid already."""
    return latents


def latents(record: Snapshot, grid: Grid) -> Latents:
    """The values of all latents of a step, for reading single positions."""
    given = {View.NOISY: grid(record.noisy)}
    if record.number:
        estimated = {View.ESTIMATE: record.x0, View.NOISE: noise(record)}
        given |= {view: grid(each) for view, each in estimated.items() if each is not None}
    rows, columns = given[View.NOISY].shape[-2:]
    return Latents(columns, rows, {view: array("f", each[0].float().cpu().contiguous().numpy().tobytes()) for view, each in given.items()})


def live_views(
    watched: WatchedViews,
    step: Step,
    record: Snapshot,
    before: torch.Tensor | None,
    guided: torch.Tensor | None,
    grid: Grid,
    decode: Callable[[torch.Tensor], Pixels | None],
) -> LiveViews | None:
    """Return the watched views and values of a step, computed without a denoiser call; None if there are none.

    `before`: x0 of the previous step; `guided`: change of x0 by guidance; None if unknown. `decode`: latents → preview.
    """
    try:
        estimate = step.estimate or step.thumbnail  # of a step on disk only the thumbnail is in memory
        pictures = {
            view: picture for view in watched.views if (picture := _live_picture(view, estimate, record, before, guided, grid, decode))
        }
        values = latents(record, grid) if watched.values else None
    except Exception:  # a failed view must not end the run
        log.exception("The views of step %d could not be computed", step.number)
        return None
    return LiveViews(step, pictures, values) if pictures or values else None


def _live_picture(
    view: View,
    estimate: Pixels | None,
    record: Snapshot,
    before: torch.Tensor | None,
    guided: torch.Tensor | None,
    grid: Grid,
    decode: Callable[[torch.Tensor], Pixels | None],
) -> Pixels | None:
    if view is View.LATENTS:
        return channels(grid(record.noisy))
    if record.number == 0:
        return None
    if view is View.NOISE:
        predicted = noise(record)
        return None if predicted is None else decode(predicted)
    if view is View.CHANGE and estimate:
        changed = change(record, before, grid)
        return None if changed is None else heat(changed, _thinned(estimate))
    if view is View.GUIDANCE and estimate and guided is not None:
        return heat(share(guided, record, grid), _thinned(estimate))
    return None


def _thinned(picture: Pixels) -> Pixels:
    factor = -(-max(picture.width, picture.height) // MOST_LIVE)
    return to_pixels(to_tensor(picture)[::factor, ::factor])


def _index(shares: torch.Tensor) -> torch.Tensor:
    return (shares.clamp(0, 1) * 255).round().long()


def _linear(lightness: torch.Tensor, chroma: torch.Tensor, hue: torch.Tensor) -> torch.Tensor:
    """OKLCH, hue in degrees → …×3, linear sRGB; beyond 0…1 where a screen cannot show it."""
    a, b = chroma * hue.deg2rad().cos(), chroma * hue.deg2rad().sin()
    cones = (
        torch.stack(
            [
                lightness + 0.3963377774 * a + 0.2158037573 * b,
                lightness - 0.1055613458 * a - 0.0638541728 * b,
                lightness - 0.0894841775 * a - 1.2914855480 * b,
            ],
            -1,
        )
        ** 3
    )
    return cones @ torch.tensor(
        [
            [4.0767416621, -1.2684380046, -0.0041960863],
            [-3.3077115913, 2.6097574011, -0.7034186147],
            [0.2309699292, -0.3413193965, 1.7076147010],
        ]
    )


def _vivid(lightness: torch.Tensor, share: torch.Tensor, hue: torch.Tensor) -> torch.Tensor:
    """N×3, sRGB in 0…255: colours with `share` of the most chroma that a screen can show."""
    chroma = torch.linspace(0, 0.3, 301)
    shown = _linear(lightness[:, None], chroma, hue[:, None])
    count = ((shown > -1e-4) & (shown < 1 + 1e-4)).all(-1).long().cumprod(1).sum(1)
    linear = _linear(lightness, share * chroma[count - 1], hue).clamp(0, 1)
    encoded = torch.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear.clamp(min=1e-9) ** (1 / 2.4) - 0.055)
    return (encoded * 255).round().to(torch.uint8)


_RISING, _AWAY = torch.linspace(0, 1, 256), torch.linspace(-1, 1, 256)
# From black through the red and amber of a darkroom lamp to a warm white.
HEAT = _vivid(0.12 + 0.85 * _RISING, 1 - _RISING**8, 26 + 74 * _RISING**2.5)
BLUE_AMBER = _vivid(0.15 + 0.77 * _AWAY.abs(), 1 - 0.8 * _AWAY.abs() ** 8, torch.where(_AWAY < 0, 242.0, 38 + 27 * _AWAY**2))

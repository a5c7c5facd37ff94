"""Word maps: how much each place of the picture looks at each word, read from the cross-attention of a denoiser.

Forward hooks read what `to_q` and `to_k` of every `attn2` return; a softmax beside the model's own gives the shares. Nothing of the
model is replaced, so pictures stay the same bit for bit. After DAAM (Tang et al., ACL 2023), which replaces the attention instead.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch.nn import functional as F

from ..errors import QT_TRANSLATE_NOOP
from .families.calls import Calls
from .prompts import Word
from .run import WordMaps

log = logging.getLogger(__name__)

# Queries and keys reach the product as `to_q` and `to_k` return them; in others they are normalised or rotated on the way.
PLAIN = ("AttnProcessor", "AttnProcessor2_0", "SlicedAttnProcessor", "XFormersAttnProcessor")
MOST_SIDE = 32  # positions of a map; of larger layers every second, third … row and column is read
NO_LAYERS = QT_TRANSLATE_NOOP(
    "Safelight",
    "This model reads prompt and picture in one stream, or in layers of another kind, so it has no map for each word. "
    "Choose Stable Diffusion 1, 2 or XL, or the starter.",
)


def unfit(calls: Calls) -> str:
    """Why there are no word maps of this model, marked for translation; "" if there are."""
    encoders = [encoder for encoder in calls.family.text_encoders if encoder.is_whole]
    is_read = bool(encoders) and all(encoder.tokenization is not None for encoder in encoders)
    return "" if is_read and _layers(calls.denoiser) else NO_LAYERS


class Attention:
    """While open, watches the cross-attention of a denoiser for one prompt. `read` after each step."""

    def __init__(self, calls: Calls, words: Sequence[Word], rows: int, columns: int) -> None:
        """`rows`, `columns`: of the latents."""
        self._layers = _layers(calls.denoiser)
        self._words, self._grid = words, (rows, columns)
        self._handles: list[torch.utils.hooks.RemovableHandle] = []
        self._queries: dict[torch.nn.Module, torch.Tensor] = {}
        self._sums: dict[int, torch.Tensor] = {}  # by positions: shares, positions×tokens, summed over layers
        self._counts: dict[int, int] = {}

    def __enter__(self) -> Attention:
        for layer in self._layers:
            self._handles += [
                layer.to_q.register_forward_hook(partial(self._keep, layer)),
                layer.to_k.register_forward_hook(partial(self._look, layer)),
            ]
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            handle.remove()

    def read(self) -> WordMaps | None:
        """The maps of all calls since the last reading; None if there was none, as in a replayed step."""
        sums, counts, self._sums, self._counts = self._sums, self._counts, {}, {}
        if not sums:
            return None
        grids = {positions: _thinned(*_grid_of(positions, *self._grid)) for positions in sums}
        rows, columns = max(grids.values())
        total = torch.zeros(next(iter(sums.values())).shape[1], rows, columns)
        for positions, shares in sums.items():
            maps = shares.float().cpu().T.unflatten(1, grids[positions])
            total += F.interpolate(maps[None], (rows, columns), mode="bilinear")[0]
        total /= sum(counts.values())
        maps = torch.stack([total[list(word.tokens)].sum(0) for word in self._words]) if self._words else total[:0]
        most = float(maps.max()) if len(maps) else 0.0
        levels = (maps * (255 / most if most else 0.0)).round().to(torch.uint8)
        words = tuple(word.text for word in self._words)
        return WordMaps(words, columns, rows, levels.numpy().tobytes(), most, float(total[0].mean()), float(maps.sum(0).mean()))

    def _keep(self, layer: torch.nn.Module, module: torch.nn.Module, args: Any, output: torch.Tensor) -> None:
        self._queries[layer] = output[-1]  # of a batch without and with the prompt, the last is with it

    def _look(self, layer: Any, module: torch.nn.Module, args: Any, output: torch.Tensor) -> None:
        try:
            self._add(layer, self._queries.pop(layer), output[-1])
        except Exception:  # a failed view must not end the run
            log.exception("The word maps of a layer could not be computed")

    def _add(self, layer: Any, queries: torch.Tensor, keys: torch.Tensor) -> None:
        positions = len(queries)
        rows, columns = _grid_of(positions, *self._grid)
        step = _stride(rows, columns)
        if step > 1:
            queries = queries.unflatten(0, (rows, columns))[::step, ::step].flatten(0, 1)
        heads = layer.heads
        queries, keys = queries.unflatten(1, (heads, -1)).transpose(0, 1), keys.unflatten(1, (heads, -1)).permute(1, 2, 0)
        shares = torch.softmax(torch.bmm(queries, keys).float() * layer.scale, dim=-1).mean(0)
        known = self._sums.get(positions)
        self._sums[positions] = shares if known is None else known.add_(shares)
        self._counts[positions] = self._counts.get(positions, 0) + 1


def _layers(denoiser: Any) -> list[Any]:
    """The cross-attention layers that can be read, `attn2` in diffusers."""
    named = denoiser.named_modules() if isinstance(denoiser, torch.nn.Module) else ()
    found = [module for name, module in named if name.endswith("attn2") and getattr(module, "is_cross_attention", False)]
    return [layer for layer in found if _is_plain(layer)]


def _is_plain(layer: Any) -> bool:
    is_bare = getattr(layer, "norm_q", None) is None and not getattr(layer, "fused_projections", False)
    return type(layer.processor).__name__ in PLAIN and is_bare


def _grid_of(positions: int, rows: int, columns: int) -> tuple[int, int]:
    """Rows and columns of a layer with so many positions, in a denoiser that halves those of the latents again and again."""
    while rows * columns > positions:
        rows, columns = -(-rows // 2), -(-columns // 2)
    if rows * columns != positions:
        raise ValueError(f"{positions} positions do not form a grid")
    return rows, columns


def _stride(rows: int, columns: int) -> int:
    """Every how many positions one is read, so that a map has at most `MOST_SIDE` on a side."""
    return -(-max(rows, columns) // MOST_SIDE)


def _thinned(rows: int, columns: int) -> tuple[int, int]:
    step = _stride(rows, columns)
    return math.ceil(rows / step), math.ceil(columns / step)
